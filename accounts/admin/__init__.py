"""Pages of the admin site about people and tenants. Staff manage the platform there; no page gives a role in a tenant."""

from accounts.admin import audit, grants, people, roles, tenants

__all__ = ["audit", "grants", "people", "roles", "tenants"]
