"""Scopes are paths; this module alone takes them apart. In: a path. Out: the paths it inherits from."""

from uuid import UUID


def tenant_scope(tenant_id: UUID | None) -> str:
    return f"/tenants/{tenant_id}"


TENANT = "tenants"


def kind_of(scope: str) -> str:
    """What a scope is of, by the word before its last name: tenants, subscriptions, resourcegroups, virtualmachines …"""
    return scope.lower().rsplit("/", 2)[-2]


def ancestors(scope: str, tenant_id: UUID | None) -> list[str]:
    """The scope itself and all it lies in, widest first, in lower case: tenant, subscription, resource group, resource."""
    chain = [tenant_scope(tenant_id)]
    parts = scope.lower().strip("/").split("/")
    if parts[0] != "subscriptions":
        return chain if "/" + "/".join(parts) == chain[0] else [*chain, "/" + "/".join(parts)]
    ends = [2]
    if len(parts) >= 4 and parts[2] == "resourcegroups":
        ends.append(4)
    if parts[ends[-1] : ends[-1] + 1] == ["providers"]:
        # providers / namespace, then pairs of type and name: each pair is nested in the one before
        ends += range(ends[-1] + 4, len(parts) + 1, 2)
    return chain + ["/" + "/".join(parts[:end]) for end in ends if end <= len(parts)]
