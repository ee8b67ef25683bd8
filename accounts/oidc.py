"""Sign-in through a tenant's own OpenID Connect issuer, kept in the database."""

from social_core.backends.open_id_connect import OpenIdConnectAuth


class TenantOpenIdConnect(OpenIdConnectAuth):
    name = "tenant-oidc"
