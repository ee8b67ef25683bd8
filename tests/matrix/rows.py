"""Every URL × every person → status. A row's name is the URL's; a URL without a row fails the matrix test.

Columns: nobody · owner · contributor of one VM · watcher · auditor · stranger (owner of the other tenant) · staff · staff with a Reader grant.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tests.matrix.scene import Scene

PEOPLE = ["nobody", "owner", "contributor", "watcher", "auditor", "stranger", "staff", "granted"]


@dataclass(frozen=True)
class Row:
    """`served` is the person for whom it must succeed. Where success takes a protocol's answer, `proved_in` names the test that has it."""

    name: str
    method: str
    url: Callable[[Scene], str]
    statuses: str
    data: dict[str, str] = field(default_factory=dict)
    served: str = "owner"
    proved_in: str = ""

    @property
    def is_rest(self) -> bool:
        return self.name.startswith("arm") and "openapi" not in self.name

    def expected(self) -> dict[str, int]:
        return dict(zip(PEOPLE, map(int, self.statuses.split()), strict=True))

    def form(self, scene: Scene) -> dict[str, str]:
        known = {"CONTOSO": scene.world.contoso.id, "WATCHER": scene.id("watcher")}
        return {name: str(known.get(value, value)) for name, value in self.data.items()}


def get(name: str, url: str | Callable[[Scene], str], statuses: str, **more: str) -> Row:
    return Row(name, "GET", url if callable(url) else lambda scene: url, statuses, **more)  # type: ignore[arg-type]


def post(
    name: str,
    url: str | Callable[[Scene], str],
    statuses: str,
    data: dict[str, str] | None = None,
    **more: str,
) -> Row:
    return Row(name, "POST", url if callable(url) else lambda scene: url, statuses, data or {}, **more)


def vm(suffix: str = "") -> Callable[[Scene], str]:
    return lambda s: f"/vms/{s.vm_path}/{suffix}"


def at_storage(act: str) -> Callable[[Scene], str]:
    return lambda s: f"/storage/{s.world.subscription.id}/web/contosodiag/{act}/"


def at(prefix: str) -> Callable[[Scene], str]:
    """A page about the scope of web-1."""
    return lambda s: f"/{prefix}{s.world.vm.scope}"


def arm(suffix: str) -> Callable[[Scene], str]:
    return lambda s: f"/subscriptions/{s.world.subscription.id}{suffix}"


def vm_arm(suffix: str) -> Callable[[Scene], str]:
    return lambda s: f"{s.world.vm.scope}{suffix}"


def alert(act: str) -> Callable[[Scene], str]:
    return lambda s: f"/tenant/alerts/{s.alert_target.id}/{act}/"


PLATFORM = "/admin/forwarding/"


def platform(act: str) -> Callable[[Scene], str]:
    return lambda s: f"{PLATFORM}{s.platform_target.id}/{act}/"


def forward(act: str) -> Callable[[Scene], str]:
    return lambda s: f"/forwarding/{s.forward_target.id}/{act}/"


def held(scene: Scene) -> str:
    return f"/records/holds/{scene.hold.id}/end/"


ACCOUNTS = "/providers/Microsoft.Storage/storageAccounts"


def on_session(suffix: str = "") -> Callable[[Scene], str]:
    return lambda s: f"/sessions/{s.session.id}/{suffix}"


def reads_log(name: str, suffix: str) -> list[Row]:
    """Of a machine and of an instance of a scale set: the data right is asked for, whatever else somebody may."""
    statuses = "302 403 403 403 200 404 403 403"
    return [
        get(name, vm(suffix), statuses, served="auditor"),
        get(f"instance_{name}", lambda s: f"/scale-sets/{s.set_path}/0/{suffix}", statuses, served="auditor"),
    ]


def log_of_vm(suffix: str) -> Callable[[Scene], str]:
    return lambda s: f"/vms/{s.vm_path}/log/{suffix}"


def log_of_instance(suffix: str) -> Callable[[Scene], str]:
    return lambda s: f"/scale-sets/{s.set_path}/0/log/{suffix}"


def ends_link(prefix: str) -> Row:
    place = log_of_vm("links/") if prefix == "vm" else log_of_instance("links/")
    return post(
        f"{prefix}_log_link_end",
        lambda s: f"{place(s)}{s.links[prefix][0].id}/end/",
        "302 403 403 403 302 404 403 403",
        served="auditor",
    )


def reads_diagnostics(prefix: str, url: Callable[[str], Callable[[Scene], str]]) -> list[Row]:
    """A log, what is found in it, downloads and links: whoever may only connect, or only manage, gets none of it."""
    statuses = "302 403 403 403 200 404 403 403"
    return [
        get(f"{prefix}_log", url(""), statuses, served="auditor"),
        get(f"{prefix}_log_search", url("search/?words=login"), statuses, served="auditor"),
        get(f"{prefix}_log_download", url("download/?form=plain"), statuses, served="auditor"),
        get(f"{prefix}_log_links", url("links/"), statuses, served="auditor"),
        post(
            f"{prefix}_log_links",
            url("links/"),
            "302 403 403 403 302 404 403 403",
            {"form": "raw", "minutes": "5"},
            served="auditor",
        ),
    ]


SWITCH = "/providers/Microsoft.SerialConsole/consoleServices/default"
PORTS = "/providers/Microsoft.SerialConsole/serialPorts"

ROWS = [
    get("healthz", "/healthz", "200 200 200 200 200 200 200 200"),
    get("sign_in", "/sign-in/", "200 302 302 302 302 302 302 302"),
    get("second_factor", "/sign-in/confirm/", "403 302 302 302 302 302 302 302"),
    get(
        "invitation",
        "/invitations/accept/",
        "410 410 410 410 410 410 410 410",
        proved_in="tests/accounts/test_invitations.py",
    ),
    get(
        "welcome", "/welcome/", "410 410 410 410 410 410 410 410", proved_in="tests/accounts/test_welcome.py"
    ),
    post("passkey_sign_in_options", "/sign-in/passkey/options/", "200 200 200 200 200 200 200 200"),
    post(
        "passkey_sign_in",
        "/sign-in/passkey/",
        "400 400 400 400 400 400 400 400",
        proved_in="tests/accounts/test_passkeys.py",
    ),
    post("provider_begin", "/sign-in/with/contoso-id/", "302 302 302 302 302 302 302 302"),
    get("provider_callback", "/sign-in/from/contoso-id/", "403 302 302 302 302 302 302 302"),
    get("invitation_link", "/invitations/unknown/", "302 302 302 302 302 302 302 302"),
    get("welcome_link", "/welcome/unknown/", "302 302 302 302 302 302 302 302"),
    get(
        "password_reset",
        "/new-password/unknown/",
        "410 410 410 410 410 410 410 410",
        proved_in="tests/accounts/test_people.py",
    ),
    post("language", "/language/", "302 302 302 302 302 302 302 302", {"language": "fr"}),
    post("sign_out", "/sign-out/", "302 302 302 302 302 302 302 302"),
    post("sign_out_everywhere", "/sign-out/everywhere/", "302 302 302 302 302 302 302 302"),
    post("switch_tenant", "/switch-tenant/", "302 302 302 302 302 404 404 302", {"tenant": "CONTOSO"}),
    get("profile", "/account/", "302 200 200 200 200 200 200 200"),
    get("password", "/account/password/", "302 200 200 200 200 200 200 200"),
    post(
        "terminal_looks",
        "/account/terminal/",
        "302 200 200 200 200 200 200 200",
        {"size": "16", "family": "", "theme": "dark"},
    ),
    get("security", "/account/security/", "302 200 200 200 200 200 200 200"),
    get("authenticator_add", "/account/security/authenticator/", "302 200 200 200 200 200 200 200"),
    get("authenticator_remove", "/account/security/authenticator/remove/", "302 200 200 200 200 200 200 200"),
    get("recovery_codes", "/account/security/recovery-codes/", "302 200 302 302 302 302 302 302"),
    get("confirm", "/account/confirm/", "302 200 200 200 200 200 200 200"),
    get("token_new", "/account/tokens/new/", "302 200 200 200 200 200 403 200"),
    post("passkey_confirm_options", "/account/confirm/passkey/options/", "400 200 200 200 200 200 200 200"),
    post(
        "passkey_confirm",
        "/account/confirm/passkey/",
        "400 400 400 400 400 400 400 400",
        proved_in="tests/accounts/test_passkeys.py",
    ),
    post(
        "passkey_register_options", "/account/security/passkeys/options/", "302 200 200 200 200 200 200 200"
    ),
    post(
        "passkey_register",
        "/account/security/passkeys/",
        "302 400 400 400 400 400 400 400",
        proved_in="tests/accounts/test_passkeys.py",
    ),
    get(
        "passkey_remove",
        lambda s: f"/account/security/passkeys/{s.passkey.id}/remove/",
        "302 200 404 404 404 404 404 404",
    ),
    post(
        "sign_in_end",
        lambda s: f"/account/security/sign-ins/{s.sign_in.id}/end/",
        "302 302 404 404 404 404 404 404",
    ),
    post(
        "token_revoke", lambda s: f"/account/tokens/{s.token.id}/revoke/", "302 302 404 404 404 404 404 404"
    ),
    get("people", "/people/", "302 200 403 403 200 200 403 200"),
    get("people_invite", "/people/invite/", "302 200 403 403 403 200 403 403"),
    post(
        "people_invite", "/people/invite/", "302 200 403 403 403 200 403 403", {"email": "x@contoso.example"}
    ),
    post(
        "invitation_revoke",
        lambda s: f"/people/invitations/{s.invitation.id}/revoke/",
        "302 302 403 403 403 404 403 403",
    ),
    get("person", lambda s: f"/people/{s.id('watcher')}/", "302 200 403 403 200 404 403 200"),
    get("person_suspend", lambda s: f"/people/{s.id('watcher')}/disable/", "302 200 403 403 403 404 403 403"),
    get("person_remove", lambda s: f"/people/{s.id('watcher')}/remove/", "302 200 403 403 403 404 403 403"),
    post(
        "person_suspend", lambda s: f"/people/{s.id('watcher')}/disable/", "302 302 403 403 403 404 403 403"
    ),
    post("person_resume", lambda s: f"/people/{s.id('watcher')}/enable/", "302 302 403 403 403 404 403 403"),
    post("person_remove", lambda s: f"/people/{s.id('watcher')}/remove/", "302 302 403 403 403 404 403 403"),
    get("person_factors", lambda s: f"/people/{s.id('watcher')}/factors/", "302 200 403 403 403 404 403 403"),
    post(
        "person_factors", lambda s: f"/people/{s.id('watcher')}/factors/", "302 302 403 403 403 404 403 403"
    ),
    post("person_reset", lambda s: f"/people/{s.id('watcher')}/reset/", "302 200 403 403 403 404 403 403"),
    get("groups", "/groups/", "302 200 403 403 200 200 403 200"),
    get("group_new", "/groups/new/", "302 200 403 403 403 200 403 403"),
    post("group_new", "/groups/new/", "302 302 403 403 403 302 403 403", {"name": "night shift"}),
    get("group", lambda s: f"/groups/{s.group.id}/", "302 200 403 403 200 404 403 200"),
    get("group_edit", lambda s: f"/groups/{s.group.id}/edit/", "302 200 403 403 403 404 403 403"),
    get("group_delete", lambda s: f"/groups/{s.group.id}/delete/", "302 200 403 403 403 404 403 403"),
    post("group_edit", lambda s: f"/groups/{s.group.id}/edit/", "302 200 403 403 403 404 403 403"),
    post("group_delete", lambda s: f"/groups/{s.group.id}/delete/", "302 302 403 403 403 404 403 403"),
    post(
        "group_add",
        lambda s: f"/groups/{s.group.id}/add/",
        "302 302 403 403 403 404 403 403",
        {"person": "WATCHER"},
    ),
    post(
        "group_take",
        lambda s: f"/groups/{s.group.id}/take/",
        "302 302 403 403 403 404 403 403",
        {"person": "WATCHER"},
    ),
    get("service_principals", "/service-principals/", "302 200 403 403 200 200 403 200"),
    get("service_principal_new", "/service-principals/new/", "302 200 403 403 403 200 403 403"),
    post(
        "service_principal_new",
        "/service-principals/new/",
        "302 302 403 403 403 302 403 403",
        {"name": "robot"},
    ),
    get(
        "service_principal",
        lambda s: f"/service-principals/{s.program.id}/",
        "302 200 403 403 200 404 403 200",
    ),
    post(
        "secret_add",
        lambda s: f"/service-principals/{s.program.id}/secrets/",
        "302 200 403 403 403 404 403 403",
        {"days": "90"},
    ),
    post(
        "secret_revoke",
        lambda s: f"/service-principals/{s.program.id}/secrets/{s.secret.id}/revoke/",
        "302 302 403 403 403 404 403 403",
    ),
    post(
        "service_principal_disable",
        lambda s: f"/service-principals/{s.program.id}/disable/",
        "302 302 403 403 403 404 403 403",
    ),
    post(
        "service_principal_enable",
        lambda s: f"/service-principals/{s.program.id}/enable/",
        "302 302 403 403 403 404 403 403",
    ),
    post(
        "service_principal_delete",
        lambda s: f"/service-principals/{s.program.id}/delete/",
        "302 302 403 403 403 404 403 403",
    ),
    get("tenant_settings", "/tenant/", "302 200 403 403 403 200 403 200"),
    post("tenant_settings", "/tenant/", "302 200 403 403 403 200 403 403", {"name": "Contoso"}),
    post("grant_end", lambda s: f"/tenant/staff-access/{s.grant.id}/end/", "302 302 403 403 403 404 403 403"),
    get("provider_new", "/tenant/providers/new/", "302 200 403 403 403 200 403 403"),
    post("provider_new", "/tenant/providers/new/", "302 200 403 403 403 200 403 403"),
    get("provider", lambda s: f"/tenant/providers/{s.provider.id}/", "302 200 403 403 403 404 403 403"),
    post("provider", lambda s: f"/tenant/providers/{s.provider.id}/", "302 200 403 403 403 404 403 403"),
    post(
        "provider_test",
        lambda s: f"/tenant/providers/{s.provider.id}/test/",
        "302 200 403 403 403 404 403 403",
    ),
    post(
        "provider_disable",
        lambda s: f"/tenant/providers/{s.provider.id}/disable/",
        "302 302 403 403 403 404 403 403",
    ),
    post(
        "provider_enable",
        lambda s: f"/tenant/providers/{s.provider.id}/enable/",
        "302 302 403 403 403 404 403 403",
    ),
    get("role_list", "/roles/", "302 200 403 403 200 200 403 200"),
    get("role_new", "/roles/new/", "302 200 403 403 403 200 403 403"),
    post("role_new", "/roles/new/", "302 200 403 403 403 200 403 403"),
    post("role_preview", "/roles/preview/", "302 200 403 403 403 200 403 403", {"actions": "*/read"}),
    get("role", lambda s: f"/roles/{s.role.id}/", "302 200 403 403 200 404 403 200"),
    get("role_edit", lambda s: f"/roles/{s.role.id}/edit/", "302 200 403 403 403 404 403 403"),
    post("role_edit", lambda s: f"/roles/{s.role.id}/edit/", "302 200 403 403 403 404 403 403"),
    get("role_delete", lambda s: f"/roles/{s.role.id}/delete/", "302 200 403 403 403 404 403 403"),
    post("role_delete", lambda s: f"/roles/{s.role.id}/delete/", "302 302 403 403 403 404 403 403"),
    get("dashboard", "/", "302 200 200 200 200 200 403 200"),
    get("search", "/search/?q=web", "302 200 200 200 200 200 403 200"),
    get("vm_list", "/vms/", "302 200 200 200 200 200 403 200"),
    get("vm_states", lambda s: f"/vms/states/?id={s.world.vm.id}", "302 204 204 204 204 204 403 204"),
    get("vm", vm(), "302 200 200 200 200 404 403 200"),
    get("wall", "/consoles/", "302 200 200 200 200 200 403 200"),
    get("session_list", "/sessions/", "302 200 200 200 200 200 403 200"),
    get("session", on_session(), "302 200 403 403 200 404 403 200"),
    get("session_output", on_session("output/"), "302 403 403 403 200 404 403 403", served="auditor"),
    get("session_end", on_session("end/"), "302 200 200 403 403 404 403 403"),
    post("session_end", on_session("end/"), "302 302 302 403 403 404 403 403"),
    *reads_log("replay", "replay/"),
    *reads_log("replay_cast", "replay/cast/"),
    *reads_log("replay_part", "replay/cast/part/?from=0&to=0&at=0&until=1"),
    *reads_log("replay_find", "replay/find/?words=login"),
    get("console", vm("console/"), "302 200 200 200 403 404 403 403"),
    post("vm_boot_diagnostics", vm("boot-diagnostics/"), "302 200 200 403 403 404 403 403"),
    get("vm_boot_diagnostics", vm("boot-diagnostics/"), "302 200 200 200 200 404 403 200"),
    *reads_diagnostics("vm", log_of_vm),
    *reads_diagnostics("instance", log_of_instance),
    ends_link("vm"),
    ends_link("instance"),
    get("log_link", lambda s: f"/log/{s.links['vm'][1]}/", "200 200 200 200 200 200 200 200"),
    get(
        "log_link",
        "/log/hpl_guessed/",
        "404 404 404 404 404 404 404 404",
        proved_in="tests/consoles/diagnostics/test_links.py",
    ),
    get("vm_people", vm("people/"), "302 200 200 200 200 404 403 200"),
    get("vm_health", vm("health/"), "302 200 200 200 200 404 403 200"),
    get("vm_screenshot", vm("screenshot/"), "302 403 403 403 200 404 403 403", served="auditor"),
    get(
        "instance_people",
        lambda s: f"/scale-sets/{s.set_path}/0/people/",
        "302 200 403 200 200 404 403 200",
    ),
    get(
        "instance_health",
        lambda s: f"/scale-sets/{s.set_path}/0/health/",
        "302 200 403 200 200 404 403 200",
    ),
    get(
        "instance_screenshot",
        lambda s: f"/scale-sets/{s.set_path}/0/screenshot/",
        "302 403 403 403 200 404 403 403",
        served="auditor",
    ),
    post(
        "vm_call_off",
        lambda s: f"/vms/{s.vm_path}/operations/{s.operation.id}/call-off/",
        "302 202 202 403 403 404 403 403",
    ),
    post(
        "instance_call_off",
        lambda s: f"/scale-sets/{s.set_path}/0/operations/{s.instance_operation.id}/call-off/",
        "302 202 403 403 403 404 403 403",
    ),
    get("operations", "/operations/", "302 200 200 200 200 200 403 200"),
    get("operations_bell", "/operations/bell/", "302 200 200 200 200 200 403 200"),
    get("vm_machine", vm("machine/"), "302 200 200 200 200 404 403 200"),
    post("vm_act", vm("act/reset/"), "302 202 202 403 403 404 403 403"),
    post("vm_act", vm("act/sysrq/"), "302 202 202 403 403 404 403 403", {"letters": "h"}),
    post("vm_act", vm("act/nmi/"), "302 202 202 403 403 404 403 403"),
    get(
        "instance_machine",
        lambda s: f"/scale-sets/{s.set_path}/0/machine/",
        "302 200 403 200 200 404 403 200",
    ),
    post(
        "instance_act",
        lambda s: f"/scale-sets/{s.set_path}/0/act/start/",
        "302 202 403 403 403 404 403 403",
    ),
    get("instance", lambda s: f"/scale-sets/{s.set_path}/0/", "302 200 403 200 200 404 403 200"),
    get(
        "instance_console",
        lambda s: f"/scale-sets/{s.set_path}/0/console/",
        "302 200 403 200 403 404 403 403",
    ),
    get("console_window", vm("console/window/"), "302 200 200 200 403 404 403 403"),
    get(
        "instance_console_window",
        lambda s: f"/scale-sets/{s.set_path}/0/console/window/",
        "302 200 403 200 403 404 403 403",
    ),
    get("console_state", vm("console/state/"), "401 200 200 200 200 404 404 200"),
    get(
        "instance_console_state",
        lambda s: f"/scale-sets/{s.set_path}/0/console/state/",
        "401 200 200 200 200 404 404 200",
    ),
    post(
        "instance_boot_diagnostics",
        lambda s: f"/scale-sets/{s.set_path}/0/boot-diagnostics/",
        "302 200 403 403 403 404 403 403",
    ),
    get("access", at("access"), "302 200 200 403 200 404 403 200"),
    get("access", lambda s: f"/access{s.world.contoso.scope}", "302 200 403 403 200 404 403 200"),
    get("access_add", at("access/add"), "302 200 403 403 403 404 403 403"),
    post("access_add", at("access/add"), "302 200 403 403 403 404 403 403"),
    get("access_check", at("access/check"), "302 200 200 403 200 404 403 200"),
    get("access_principals", at("access/principals"), "302 200 200 403 200 404 403 200"),
    get(
        "access_remove",
        lambda s: f"/access/remove/{s.assignment.id}{s.world.contoso.scope}",
        "302 200 403 403 403 404 403 403",
    ),
    post(
        "access_remove",
        lambda s: f"/access/remove/{s.assignment.id}{s.world.contoso.scope}",
        "302 302 403 403 403 404 403 403",
    ),
    get("activity", at("activity"), "302 200 403 403 200 404 403 200"),
    get("activity", lambda s: f"/activity{s.world.contoso.scope}", "302 200 403 403 200 404 403 200"),
    get("audit_timeline", at("audit/timeline"), "302 200 403 403 200 404 403 200"),
    get(
        "audit_entry",
        lambda s: f"/audit/entries/1{s.world.contoso.scope}",
        "302 200 403 403 200 404 403 200",
    ),
    post(
        "audit_view_save", at("audit/views/save"), "302 302 403 403 302 404 403 302", {"name": "my own view"}
    ),
    post(
        "audit_view_remove",
        lambda s: f"/audit/views/{s.audit_view.id}/remove{s.world.vm.scope}",
        "302 302 403 403 404 404 403 404",
    ),
    get("audit_exports", "/audit/exports/", "302 200 200 200 200 200 403 200"),
    get("audit_export_new", at("audit/exports/new"), "302 200 403 403 200 404 403 200"),
    post("audit_export_new", at("audit/exports/new"), "302 200 403 403 200 404 403 200", {"form": "csv"}),
    get(
        "audit_export",
        lambda s: f"/audit/exports/{s.audit_export.id}/",
        "302 200 404 404 404 404 403 404",
    ),
    get(
        "audit_export_file",
        lambda s: f"/audit/exports/{s.audit_export.id}/file/",
        "302 200 404 404 404 404 403 404",
    ),
    post(
        "audit_export_again",
        lambda s: f"/audit/exports/{s.audit_export.id}/again/",
        "302 302 404 404 404 404 403 404",
    ),
    post(
        "audit_export_remove",
        lambda s: f"/audit/exports/{s.audit_export.id}/remove/",
        "302 302 404 404 404 404 403 404",
    ),
    get("subscription_list", "/subs/", "302 200 200 200 200 200 403 200"),
    get("subscription", lambda s: f"/subs/{s.world.subscription.id}/", "302 200 403 403 200 404 403 200"),
    get(
        "subscription_rename",
        lambda s: f"/subs/{s.world.subscription.id}/rename/",
        "302 200 403 403 403 404 403 403",
    ),
    get(
        "subscription_addresses",
        lambda s: f"/subs/{s.world.subscription.id}/addresses/",
        "302 200 403 403 403 404 403 403",
    ),
    get(
        "subscription_console_times",
        lambda s: f"/subs/{s.world.subscription.id}/console-times/",
        "302 200 403 403 403 404 403 403",
    ),
    post(
        "subscription_console_times",
        lambda s: f"/subs/{s.world.subscription.id}/console-times/",
        "302 302 403 403 403 404 403 403",
        {"console_idle_minutes": "30", "console_longest_minutes": "0"},
    ),
    get(
        "console_switch",
        lambda s: f"/subs/{s.world.subscription.id}/console-switch/",
        "302 200 403 403 403 404 403 403",
    ),
    post(
        "subscription_rename",
        lambda s: f"/subs/{s.world.subscription.id}/rename/",
        "302 302 403 403 403 404 403 403",
        {"name": "prod"},
    ),
    post(
        "subscription_addresses",
        lambda s: f"/subs/{s.world.subscription.id}/addresses/",
        "302 302 403 403 403 404 403 403",
    ),
    post(
        "console_switch",
        lambda s: f"/subs/{s.world.subscription.id}/console-switch/",
        "302 302 403 403 403 404 403 403",
        {"to": "off", "reason": "maintenance tonight"},
    ),
    get(
        "resource_group",
        lambda s: f"/resource-groups/{s.world.subscription.id}/web/",
        "302 200 403 200 200 404 403 200",
    ),
    get("scale_set_list", "/scale-sets/", "302 200 200 200 200 200 403 200"),
    get("scale_set", lambda s: f"/scale-sets/{s.set_path}/", "302 200 403 200 200 404 403 200"),
    get("storage_list", "/storage/", "302 200 200 200 200 200 403 200"),
    get(
        "storage",
        lambda s: f"/storage/{s.world.subscription.id}/web/contosodiag/",
        "302 200 200 403 200 404 403 200",
    ),
    post(
        "storage",
        lambda s: f"/storage/{s.world.subscription.id}/web/contosodiag/",
        "302 200 403 403 403 404 403 403",
    ),
    get("storage_add", "/storage/add/", "302 200 403 403 403 200 403 403"),
    post(
        "storage_add",
        "/storage/add/",
        "302 200 403 403 403 200 403 403",
        proved_in="tests/fleet/test_storage_changes.py",
    ),
    get("storage_edit", at_storage("edit"), "302 200 403 403 403 404 403 403"),
    post("storage_edit", at_storage("edit"), "302 302 403 403 403 404 403 403", {"key_access": "on"}),
    get("storage_credentials", at_storage("credentials"), "302 200 403 403 403 404 403 403"),
    post("storage_test", at_storage("test"), "302 302 403 403 403 404 403 403"),
    get("storage_remove", at_storage("remove"), "302 200 403 403 403 404 403 403"),
    get("network_list", "/networks/", "302 200 200 200 200 200 403 200"),
    get(
        "network",
        lambda s: f"/networks/{s.world.subscription.id}/web/backbone/",
        "302 200 403 403 403 404 403 200",
    ),
    get("arm_endpoints", "/metadata/endpoints", "200 200 200 200 200 200 200 200"),
    get("arm_discovery", "/adfs/.well-known/openid-configuration", "200 200 200 200 200 200 200 200"),
    post(
        "arm_token",
        "/adfs/oauth2/token",
        "400 400 400 400 400 400 400 400",
        proved_in="tests/arm/test_tokens.py",
    ),
    get("arm:openapi-json", "/api/openapi.json", "302 200 200 200 200 200 200 200"),
    get("arm:openapi-view", "/api/docs", "302 200 200 200 200 200 200 200"),
    get("arm:list_tenants", "/tenants", "401 200 200 200 200 200 200 200"),
    get("arm:list_subscriptions", "/subscriptions", "401 200 200 200 200 200 200 200"),
    get("arm:get_subscription", arm(""), "401 200 200 200 200 404 404 404"),
    get("arm:list_locations", arm("/locations"), "401 200 200 200 200 404 404 404"),
    get("arm:list_resource_groups", arm("/resourcegroups"), "401 200 200 200 200 404 404 404"),
    get("arm:get_resource_group", arm("/resourcegroups/WEB"), "401 200 403 200 200 404 404 404"),
    get(
        "arm:list_operations",
        "/providers/Microsoft.SerialConsole/operations",
        "401 200 200 200 200 200 200 200",
    ),
    get("arm:get_console_status", arm(SWITCH), "401 200 403 403 200 404 404 404"),
    post("arm:disable_console", arm(f"{SWITCH}/disableConsole"), "401 200 403 403 403 404 404 404"),
    post("arm:enable_console", arm(f"{SWITCH}/enableConsole"), "401 200 403 403 403 404 404 404"),
    get("arm:list_ports_of_subscription", arm(PORTS), "401 200 200 200 200 404 404 404"),
    get("arm:list_ports", vm_arm(PORTS), "401 200 200 200 200 404 404 404"),
    get("arm:get_port", vm_arm(f"{PORTS}/0"), "401 200 200 200 200 404 404 404"),
    Row(
        "arm:put_port",
        "PUT",
        vm_arm(f"{PORTS}/0"),
        "401 201 201 403 403 404 404 404",
        {"properties": {"state": "enabled"}},
    ),
    get(
        "arm:list_vms_of_subscription",
        arm("/providers/Microsoft.Compute/virtualMachines"),
        "401 200 200 200 200 404 404 404",
    ),
    get(
        "arm:list_vms",
        arm("/resourceGroups/web/providers/Microsoft.Compute/virtualMachines"),
        "401 200 200 200 200 404 404 404",
    ),
    get("arm:list_storage_accounts_of_subscription", arm(ACCOUNTS), "401 200 200 200 200 404 404 404"),
    get(
        "arm:list_storage_accounts",
        arm(f"/resourceGroups/web{ACCOUNTS}"),
        "401 200 200 200 200 404 404 404",
    ),
    get(
        "arm:get_storage_account",
        arm(f"/resourceGroups/web{ACCOUNTS}/contosodiag"),
        "401 200 200 403 200 404 404 404",
    ),
    get("arm:get_vm", vm_arm("?$expand=instanceView"), "401 200 200 200 200 404 404 404"),
    get("arm:get_instance_view", vm_arm("/instanceView"), "401 200 200 200 200 404 404 404"),
    post("arm:start_vm", vm_arm("/start"), "401 202 202 403 403 404 404 404"),
    post("arm:restart_vm", vm_arm("/restart"), "401 202 202 403 403 404 404 404"),
    post("arm:power_off_vm", vm_arm("/powerOff?skipShutdown=true"), "401 202 202 403 403 404 404 404"),
    post("arm:deallocate_vm", vm_arm("/deallocate"), "401 202 202 403 403 404 404 404"),
    post("arm:redeploy_vm", vm_arm("/redeploy"), "401 202 202 403 403 404 404 404"),
    get(
        "arm:get_operation",
        lambda s: arm(f"/providers/Microsoft.Compute/locations/local/operations/{s.operation.id}")(s),
        "401 200 200 200 200 404 404 404",
    ),
    get("admin:index", "/admin/", "302 404 404 404 404 404 200 200", served="staff"),
    get(
        "admin:accounts_tenant_changelist",
        "/admin/accounts/tenant/",
        "302 404 404 404 404 404 200 200",
        served="staff",
    ),
    get(
        "arm_door",
        arm("/nothing/here"),
        "401 404 404 404 404 404 404 404",
        proved_in="tests/arm/test_routing.py",
    ),
    get("arm:api-root", "/api/", "404 404 404 404 404 404 404 404", proved_in="tests/arm/test_routing.py"),
    get("alerts", "/tenant/alerts/", "302 200 403 403 403 200 403 403"),
    post("alerts", "/tenant/alerts/", "302 200 403 403 403 200 403 403"),
    get("forwarding", "/forwarding/", "302 200 403 403 403 200 403 403"),
    post("forwarding", "/forwarding/", "302 200 403 403 403 200 403 403"),
    post("forwarding_test", forward("test"), "302 302 403 403 403 404 403 403"),
    post("forwarding_switch", forward("switch"), "302 302 403 403 403 404 403 403"),
    post("forwarding_secret", forward("secret"), "302 200 403 403 403 404 403 403"),
    get("forwarding_remove", forward("remove"), "302 200 403 403 403 404 403 403"),
    post("forwarding_remove", forward("remove"), "302 302 403 403 403 404 403 403"),
    get("records", "/records/", "302 200 403 403 200 200 403 200"),
    post("records", "/records/", "302 302 403 403 403 302 403 403", {"session_days": "400"}),
    get("hold_new", at("records/hold"), "302 200 403 403 403 404 403 403"),
    post("hold_new", at("records/hold"), "302 302 403 403 403 404 403 403", {"reason": "case 7"}),
    get("hold_end", held, "302 200 403 403 403 404 403 403"),
    post("hold_end", held, "302 302 403 403 403 404 403 403"),
    get(
        "erase",
        at("records/erase"),
        "302 403 403 403 403 404 403 403",
        proved_in="tests/fleet/test_records_page.py",
    ),
    post(
        "erase",
        at("records/erase"),
        "302 403 403 403 403 404 403 403",
        {"reason": "asked for"},
        proved_in="tests/fleet/test_records_page.py",
    ),
    get(
        "erase_removed",
        lambda s: f"/records/removed{s.removed}",
        "302 403 403 403 403 404 403 403",
        proved_in="tests/fleet/test_removed_output.py",
    ),
    post(
        "erase_removed",
        lambda s: f"/records/removed{s.removed}",
        "302 403 403 403 403 404 403 403",
        {"reason": "asked for"},
        proved_in="tests/fleet/test_removed_output.py",
    ),
    get("workers", "/admin/workers/", "302 404 404 404 404 404 200 200", served="staff"),
    post(
        "workers_retry",
        "/admin/workers/default/unknown/retry/",
        "302 404 404 404 404 404 302 302",
        served="staff",
    ),
    post(
        "workers_forget",
        "/admin/workers/default/unknown/forget/",
        "302 404 404 404 404 404 302 302",
        served="staff",
    ),
    get("platform_forwarding", PLATFORM, "302 404 404 404 404 404 200 200", served="staff"),
    post("platform_forwarding", PLATFORM, "302 404 404 404 404 404 200 200", served="staff"),
    post("platform_forwarding_test", platform("test"), "302 404 404 404 404 404 302 302", served="staff"),
    post("platform_forwarding_switch", platform("switch"), "302 404 404 404 404 404 302 302", served="staff"),
    post("platform_forwarding_secret", platform("secret"), "302 404 404 404 404 404 200 200", served="staff"),
    get("platform_forwarding_remove", platform("remove"), "302 404 404 404 404 404 200 200", served="staff"),
    post("platform_forwarding_remove", platform("remove"), "302 404 404 404 404 404 302 302", served="staff"),
    get("metrics", "/metrics", "404 404 404 404 404 404 404 404", proved_in="tests/config/test_metrics.py"),
    post("alert_test", alert("test"), "302 302 403 403 403 404 403 403"),
    post("alert_switch", alert("switch"), "302 302 403 403 403 404 403 403"),
    post("alert_secret", alert("secret"), "302 200 403 403 403 404 403 403"),
    get("alert_remove", alert("remove"), "302 200 403 403 403 404 403 403"),
    post("alert_remove", alert("remove"), "302 302 403 403 403 404 403 403"),
]
