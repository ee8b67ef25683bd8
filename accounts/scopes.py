"""Scopes are paths; this module alone takes them apart. In: a path. Out: the paths it inherits from."""

from uuid import UUID


def tenant_scope(tenant_id: UUID | None) -> str:
    return f"/tenants/{tenant_id}"


def ancestors(scope: str, tenant_id: UUID | None) -> list[str]:
    """The scope itself and all it lies in, widest first, in lower case: tenant, subscription, resource group, resource."""
    chain = [tenant_scope(tenant_id)]
    parts = scope.lower().strip("/").split("/")
    if parts[0] != "subscriptions":
        return chain if "/" + "/".join(parts) == chain[0] else [*chain, "/" + "/".join(parts)]
    ends = [2]
    if len(parts) >= 4 and parts[2] == "resourcegroups":
        ends.append(4)
    if "providers" in parts:
        # providers / namespace, then pairs of type and name: each pair is nested in the one before
        ends += range(parts.index("providers") + 4, len(parts) + 1, 2)
    return chain + ["/" + "/".join(parts[:end]) for end in ends if end <= len(parts)]


def contains(outer: str, inner: str) -> bool:
    outer, inner = outer.lower().rstrip("/"), inner.lower()
    return inner == outer or inner.startswith(outer + "/")
