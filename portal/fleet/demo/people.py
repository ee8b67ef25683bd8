"""One person for each kind of use, a group with a role, and programs. Out: their passwords and secrets, for the one time they are shown."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher

from accounts.management.passwords import random_password
from accounts.models import Group, RoleDefinition, ServicePrincipal, Tenant, User
from accounts.roles import (
    CONSOLE_AUDITOR,
    CONSOLE_OPERATOR,
    CONSOLE_WATCHER,
    CONTRIBUTOR,
    OWNER,
    READER,
    STORAGE_BLOB_DATA_CONTRIBUTOR,
    STORAGE_BLOB_DATA_READER,
    VM_CONTRIBUTOR,
    BuiltIn,
)
from accounts.services.credentials import add_secret
from accounts.services.people import create_service_principal, create_user, save_group, set_members
from accounts.services.roles import assign_role
from accounts.services.tenants import add_member
from portal.fleet.demo.world import DEMO, World

LIGHT_ITERATIONS = 20_000


class Person(NamedTuple):
    """Member of `tenants`, the first of which is home, with a role at each of the named places."""

    name: str
    tenants: tuple[str, ...]
    roles: tuple[tuple[BuiltIn, str], ...]
    may: str


CONTOSO, FABRIKAM = "Contoso", "Fabrikam"
PEOPLE = [
    Person(
        "contoso-owner",
        (CONTOSO,),
        ((OWNER, CONTOSO), (STORAGE_BLOB_DATA_CONTRIBUTOR, CONTOSO)),
        "everything in Contoso, recorded output among it",
    ),
    Person(
        "contoso-contributor",
        (CONTOSO,),
        ((VM_CONTRIBUTOR, "web-1"), (VM_CONTRIBUTOR, "contosologs")),
        "use and manage web-1 and the storage account of its log, but not read the log",
    ),
    Person(
        "contoso-operator",
        (CONTOSO,),
        (
            (CONSOLE_OPERATOR, "data"),
            (CONSOLE_OPERATOR, "web"),
            (STORAGE_BLOB_DATA_READER, "data"),
            (STORAGE_BLOB_DATA_READER, "web"),
        ),
        "open consoles in web and data, and read what was recorded there",
    ),
    Person(
        "contoso-watcher",
        (CONTOSO,),
        ((CONSOLE_WATCHER, "production"),),
        "watch consoles in production, never type",
    ),
    Person(
        "contoso-auditor", (CONTOSO,), ((CONSOLE_AUDITOR, CONTOSO),), "read the audit log and who may what"
    ),
    Person("contoso-reader", (CONTOSO,), ((READER, CONTOSO),), "see everything, change nothing"),
    Person("contoso-on-call", (CONTOSO,), (), "what the group on-call may: manage machines in staging"),
    Person("contoso-newcomer", (CONTOSO,), (), "nothing yet: a member without a role"),
    Person("fabrikam-owner", (FABRIKAM,), ((OWNER, FABRIKAM),), "everything in Fabrikam but recorded output"),
    Person("fabrikam-operator", (FABRIKAM,), ((CONSOLE_OPERATOR, "plant"),), "open consoles in plant"),
    Person(
        "visiting-engineer",
        (FABRIKAM, CONTOSO),
        ((VM_CONTRIBUTOR, "factory"), (READER, "staging")),
        "manage machines in factory; in Contoso, see staging",
    ),
]
STAFF = "platform-staff"
STAFF_MAY = "the admin site; no tenant without a staff grant"
GROUP = ("on-call", CONTOSO, VM_CONTRIBUTOR, "staging", "contoso-on-call")
PROGRAMS = [("pipeline", CONTOSO, CONTRIBUTOR, "production"), ("monitor", FABRIKAM, READER, FABRIKAM)]


@dataclass
class Access:
    users: list[dict[str, str]]
    service_principals: list[dict[str, str]]


def add_people(world: World) -> Access:
    roles = {role.id: role for role in RoleDefinition.objects.filter(tenant=None)}
    users = [_person(world, person, roles) for person in PEOPLE]
    users.append(_staff())
    _group(world, roles)
    return Access(users, [_program(world, *program, roles) for program in PROGRAMS])


def _person(world: World, person: Person, roles: dict[UUID, RoleDefinition]) -> dict[str, str]:
    home = world.tenants[person.tenants[0]]
    user, password = _user(person.name, home)
    for tenant in person.tenants:
        add_member(by=DEMO, tenant=world.tenants[tenant], user=user)
    for built_in, place in person.roles:
        _assign(world, "User", user, roles[built_in.id], place)
    return {"username": user.username, "password": password, "tenant": str(home.id), "may": person.may}


def _user(name: str, home: Tenant | None, *, staff: bool = False) -> tuple[User, str]:
    by, password = DEMO.within(home.id if home else None), random_password()
    label = name.replace("-", " ").capitalize()
    user = create_user(by=by, username=name, password=None, display_name=label, is_staff=staff)
    user.password = light_hash(password)
    user.save(update_fields=["password"])
    return user, password


def light_hash(password: str) -> str:
    """A random password gains nothing from a million rounds; Django makes the hash a full one at the first sign-in."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=LIGHT_ITERATIONS)
    return hasher.encode(password, hasher.salt())


def _staff() -> dict[str, str]:
    user, password = _user(STAFF, None, staff=True)
    return {"username": user.username, "password": password, "tenant": "", "may": STAFF_MAY}


def _group(world: World, roles: dict[UUID, RoleDefinition]) -> None:
    name, tenant, built_in, place, member = GROUP
    group = save_group(by=DEMO, tenant=world.tenants[tenant], group=Group(name=name))
    set_members(by=DEMO, group=group, users=[User.objects.get(username=member)])
    _assign(world, "Group", group, roles[built_in.id], place)


def _program(
    world: World, name: str, tenant: str, built_in: BuiltIn, place: str, roles: dict[UUID, RoleDefinition]
) -> dict[str, str]:
    program = create_service_principal(by=DEMO, tenant=world.tenants[tenant], name=name)
    _secret, text = add_secret(by=DEMO, program=program)
    _assign(world, "ServicePrincipal", program, roles[built_in.id], place)
    return {
        "tenant": str(program.tenant_id),
        "client_id": str(program.client_id),
        "client_secret": text,
        "role": built_in.name,
        "scope": world.scopes[place],
    }


def _assign(
    world: World, kind: str, principal: User | Group | ServicePrincipal, role: RoleDefinition, place: str
) -> None:
    assign_role(
        by=DEMO,
        tenant=world.owners[place],
        principal_kind=kind,
        principal_id=principal.id,
        role=role,
        scope=world.scopes[place],
    )
