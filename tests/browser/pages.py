"""Every main page, by the name of what it is: where it is, on a given portal."""

from collections.abc import Callable

from tests.browser.portal import Portal


def _scope(portal: Portal) -> str:
    return next(one["id"] for one in portal.demo["vms"] if one["name"] == "web-1")


def _of_subscription(kind: str, rest: str) -> Callable[[Portal], str]:
    return lambda portal: f"/{kind}/{portal.subscription('production')}/{rest}"


ADDRESSES: dict[str, Callable[[Portal], str]] = {
    "dashboard": lambda portal: "/",
    "virtual machines": lambda portal: "/vms/",
    "no virtual machine": lambda portal: "/vms/?q=nothing-of-this-name",
    "machine": lambda portal: portal.vm("web-1"),
    "machine in trouble": lambda portal: portal.vm("db-1"),
    "boot diagnostics": lambda portal: f"{portal.vm('web-1')}boot-diagnostics/",
    "resource health": lambda portal: f"{portal.vm('web-1')}health/",
    "operations": lambda portal: "/operations/",
    "wall of consoles": lambda portal: "/consoles/",
    "console": lambda portal: f"{portal.vm('web-1')}console/",
    "console of a stopped machine": lambda portal: f"{portal.vm('db-2')}console/",
    "scale sets": lambda portal: "/scale-sets/",
    "scale set": _of_subscription("scale-sets", "web/web-pool/"),
    "instance": _of_subscription("scale-sets", "web/web-pool/0/"),
    "subscriptions": lambda portal: "/subs/",
    "subscription": _of_subscription("subs", ""),
    "console switch": _of_subscription("subs", "console-switch/"),
    "allowed addresses": _of_subscription("subs", "addresses/"),
    "resource group": _of_subscription("resource-groups", "web/"),
    "storage": lambda portal: "/storage/",
    "storage account": _of_subscription("storage", "data/contosoarchive/"),
    "new storage account": lambda portal: "/storage/add/?kind=s3",
    "settings of a storage account": _of_subscription("storage", "data/contosoarchive/edit/"),
    "networks": lambda portal: "/networks/",
    "network": _of_subscription("networks", "web/production-net/"),
    "access of the tenant": lambda portal: f"/access/tenants/{portal.tenant('Contoso')}",
    "access of a machine": lambda portal: f"/access{_scope(portal)}",
    "give access": lambda portal: f"/access/add{_scope(portal)}",
    "activity of the tenant": lambda portal: f"/activity/tenants/{portal.tenant('Contoso')}",
    "export of the audit log": lambda portal: f"/audit/exports/new/tenants/{portal.tenant('Contoso')}",
    "files of the audit log": lambda portal: "/audit/exports/",
    "activity of a machine": lambda portal: f"/activity{_scope(portal)}",
    "sessions": lambda portal: "/sessions/",
    "roles": lambda portal: "/roles/",
    "new role": lambda portal: "/roles/new/",
    "people": lambda portal: "/people/",
    "invite": lambda portal: "/people/invite/",
    "groups": lambda portal: "/groups/",
    "service principals": lambda portal: "/service-principals/",
    "tenant settings": lambda portal: "/tenant/",
    "alerts": lambda portal: "/tenant/alerts/",
    "forwarding": lambda portal: "/forwarding/",
    "records": lambda portal: "/records/",
    "hold": lambda portal: f"/records/hold{_scope(portal)}",
    "profile": lambda portal: "/account/",
    "password": lambda portal: "/account/password/",
    "security": lambda portal: "/account/security/",
    "authenticator": lambda portal: "/account/security/authenticator/",
    "new token": lambda portal: "/account/tokens/new/",
    "search": lambda portal: "/search/?q=web",
}
