from accounts.models.audit import AuditChain, AuditEntry
from accounts.models.credentials import ApiToken, Passkey, ServicePrincipalSecret
from accounts.models.people import Group, GroupMember, ServicePrincipal, User
from accounts.models.providers import IdentityProvider
from accounts.models.recovery import FirstAdminLink, RecoveryCode
from accounts.models.roles import RoleAssignment, RoleDefinition
from accounts.models.sign_in import SignIn, SignInThrottle
from accounts.models.staff_grants import StaffGrant
from accounts.models.tenants import Invitation, Membership, Tenant

__all__ = [
    "ApiToken",
    "AuditChain",
    "AuditEntry",
    "FirstAdminLink",
    "Group",
    "GroupMember",
    "IdentityProvider",
    "Invitation",
    "Membership",
    "Passkey",
    "RecoveryCode",
    "RoleAssignment",
    "RoleDefinition",
    "ServicePrincipal",
    "ServicePrincipalSecret",
    "SignIn",
    "SignInThrottle",
    "StaffGrant",
    "Tenant",
    "User",
]
