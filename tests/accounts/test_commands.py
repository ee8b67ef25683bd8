import io
import json
from typing import Any

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.core.management.base import CommandError

from accounts import audit
from accounts.models import AuditChain, AuditEntry, Group, RoleAssignment, ServicePrincipal, Tenant, User
from accounts.services.credentials import program_with_secret
from portal.config.commands import OperatorCommand
from portal.fleet.sealing.verifying import verify
from tests.world import PASSWORD, World

OURS = ("accounts", "portal.config", "portal.fleet", "consoles")


def run(command: str, /, **options: Any) -> Any:
    out = io.StringIO()
    call_command(command, json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def refused(command: str, /, **options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        call_command(command, stdout=io.StringIO(), **options)
    assert caught.value.returncode == 1
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_every_command_of_the_operator_speaks_json() -> None:
    names = [name for name, app in get_commands().items() if app in OURS]
    assert len(names) >= 23
    for name in names:
        if name not in ("run_hub", "run_machines"):
            assert isinstance(load_command_class(get_commands()[name], name), OperatorCommand), name


def test_it_creates_a_tenant_with_a_short_name_made_from_its_name(db: None) -> None:
    made = run("tenant_add", name="Wide World Importers")
    tenant = Tenant.objects.get(slug="wide-world-importers")
    assert made == {"id": str(tenant.id), "name": "Wide World Importers", "slug": "wide-world-importers"}
    entry = AuditEntry.objects.get(chain__tenant=tenant)
    assert entry.principal_name.startswith("manage.py tenant_add by ")
    assert entry.principal_kind == "System"


def test_it_refuses_a_tenant_whose_short_name_is_taken(world: World) -> None:
    assert refused("tenant_add", name="Contoso", slug="contoso") == "slug: This name is taken."
    assert Tenant.objects.count() == 2


def test_it_creates_a_person_with_a_password_from_standard_input(world: World, typed: Any) -> None:
    typed("a long enough one\n")
    made = run(
        "user_add",
        tenant="contoso",
        username="Night.Shift",
        email="night@contoso.example",
        password_stdin=True,
    )
    user = User.objects.get(username="night.shift")
    assert "password" not in made
    assert user.check_password("a long enough one")
    assert user.memberships.get().tenant == world.contoso


def test_it_prints_a_random_password_once_and_it_works(world: World) -> None:
    made = run("user_add", tenant="contoso", username="night", random_password=True)
    assert User.objects.get(username="night").check_password(made["password"])
    assert made["password"] not in json.dumps(list(AuditEntry.objects.values_list("details", flat=True)))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tenant": "nowhere"}, "There is no tenant nowhere. There are: contoso, fabrikam."),
        ({"username": "owner"}, "username: This name is taken."),
        ({"username": "No Spaces"}, "Use lower-case letters"),
        ({"email": "x@@y"}, "email: Enter a valid email address."),
    ],
)
def test_it_refuses_bad_values_of_a_person_and_creates_nothing(
    world: World, options: dict[str, str], sentence: str
) -> None:
    before, entries = User.objects.count(), AuditEntry.objects.count()
    given: dict[str, Any] = {"tenant": "contoso", "username": "night", "random_password": True, **options}
    assert sentence in refused("user_add", **given)
    assert User.objects.count() == before
    assert AuditEntry.objects.count() == entries


def test_it_refuses_a_weak_password(world: World, typed: Any) -> None:
    typed("short\n")
    assert "at least 10 characters" in refused(
        "user_add", tenant="contoso", username="night", password_stdin=True
    )
    assert not User.objects.filter(username="night").exists()


def test_it_does_not_hang_where_nobody_can_be_asked(world: World, typed: Any) -> None:
    typed("")
    assert "--random-password" in refused("user_add", tenant="contoso", username="night")


def test_it_asks_twice_where_somebody_can_be_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["a long enough one", "a long enough one", "a long enough one", "another one entirely"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    run("user_add", tenant="contoso", username="night")
    assert User.objects.get(username="night").check_password("a long enough one")
    assert refused("user_add", tenant="contoso", username="dawn") == "The two passwords differ."


def test_it_creates_staff_who_belong_to_no_tenant(world: World) -> None:
    run("staff_add", username="second-staff", random_password=True)
    user = User.objects.get(username="second-staff")
    assert (user.is_staff, user.memberships.count()) == (True, 0)


def test_it_makes_an_existing_person_a_member_of_one_more_tenant(world: World) -> None:
    run("member_add", tenant="fabrikam", username="owner")
    assert {one.tenant.slug for one in world.people["owner"].memberships.all()} == {"contoso", "fabrikam"}


def test_it_fills_and_lists_a_group(world: World) -> None:
    run("group_add", tenant="contoso", name="on-call")
    assert run("group_members", tenant="contoso", group="on-call", add=["reader", "watcher"])["members"] == [
        "reader",
        "watcher",
    ]
    assert run("group_members", tenant="contoso", group="on-call", remove=["reader"])["members"] == [
        "watcher"
    ]
    assert [user.username for user in Group.objects.get(name="on-call").members.all()] == ["watcher"]


def test_it_refuses_a_stranger_in_a_group(world: World) -> None:
    run("group_add", tenant="contoso", name="on-call")
    sentence = refused("group_members", tenant="contoso", group="on-call", add=["stranger"])
    assert sentence == "stranger is no member of Contoso. member_add makes them one."


def test_it_creates_a_service_principal_whose_secret_signs_in(world: World) -> None:
    made = run("service_principal_add", tenant="contoso", name="deploy")
    program = ServicePrincipal.objects.get(name="deploy")
    assert program_with_secret(made["client_id"], made["client_secret"]) == program
    assert made["tenant"] == str(world.contoso.id)


def test_it_rotates_a_secret_and_ends_the_old_one_when_told(world: World) -> None:
    first = run("service_principal_add", tenant="contoso", name="deploy")
    second = run("service_principal_secret", tenant="contoso", name="deploy")
    assert program_with_secret(first["client_id"], first["client_secret"])
    assert "Two secrets are live" in refused("service_principal_secret", tenant="contoso", name="deploy")
    third = run("service_principal_secret", tenant="contoso", name=first["client_id"], revoke_others=True)
    alive = [program_with_secret(one["client_id"], one["client_secret"]) for one in (first, second, third)]
    assert [one is not None for one in alive] == [False, False, True]


@pytest.mark.parametrize("days", [0, -1, 10**9])
def test_it_refuses_a_secret_that_lives_for_no_sensible_time(world: World, days: int) -> None:
    assert refused("service_principal_add", tenant="contoso", name="x", days=days) == "--days is 1 to 3650."
    assert not ServicePrincipal.objects.filter(name="x").exists()


def test_it_shows_the_newest_entries_of_one_chain(world: World) -> None:
    rows = run("audit_tail", tenant="fabrikam", lines=2)
    assert [row["chain"] for row in rows] == ["Fabrikam", "Fabrikam"]
    assert rows[0]["seq"] + 1 == rows[1]["seq"]
    assert "details" in rows[0]
    assert len(run("audit_tail", lines=5)) == 5


def test_it_finds_the_audit_log_whole_and_names_the_first_broken_link_of_each_chain(world: World) -> None:
    whole = run("audit_verify")
    assert (whole["chains"], whole["entries"]) == (3, AuditEntry.objects.count())
    assert (whole["sealed_files"], whole["unbroken"]) == (0, True)
    for tenant, seq in ((world.contoso, 3), (world.fabrikam, 2), (None, 1)):
        forged = AuditEntry.objects.get(chain__tenant=tenant, seq=seq)
        super(type(AuditEntry.objects.all()), AuditEntry.objects.filter(id=forged.id)).update(
            action="nothing"
        )
    sentence = refused("audit_verify")
    assert "Contoso, entry 3: changed" in sentence
    assert "Fabrikam, entry 2: changed" in sentence
    assert "platform, entry 1: changed" in sentence


def test_entries_written_while_the_log_is_checked_break_nothing(world: World) -> None:
    read_before = AuditChain.objects.get(tenant=world.contoso)
    run("group_add", tenant="contoso", name="on-call")
    assert audit.first_broken(read_before) is None


def test_it_notices_entries_past_the_end_of_the_chain(world: World) -> None:
    chain = AuditChain.objects.get(tenant=world.contoso)
    before = AuditEntry.objects.get(chain=chain, seq=chain.seq - 1)
    AuditChain.objects.filter(id=chain.id).update(seq=before.seq, hash=before.hash)
    assert f"Contoso, entry {chain.seq}: added past the end" in refused("audit_verify")


def test_the_first_administrators_link_is_for_an_empty_installation_only(db: None) -> None:
    link = run("first_admin_link", base_url="https://localhost:8443/")["link"]
    assert link.startswith("https://localhost:8443/welcome/hpw_")
    User.objects.create_user("somebody", PASSWORD)
    assert run("first_admin_link", base_url="https://localhost:8443")["link"] is None


@pytest.mark.parametrize(
    ("https", "address"), [(9443, "https://localhost:9443"), (0, "http://localhost:9000")]
)
def test_the_first_administrators_link_leads_to_this_machine_unless_told_otherwise(
    db: None, settings: Any, https: int, address: str
) -> None:
    settings.HTTPS_PORT, settings.HTTP_PORT = https, 9000
    assert run("first_admin_link")["link"].startswith(f"{address}/welcome/hpw_")


def test_it_says_what_to_do_when_there_are_no_tables(monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    from django.db import OperationalError

    def missing(**options: object) -> None:
        raise OperationalError("no such table: accounts_tenant")

    monkeypatch.setattr("accounts.management.commands.tenant_add.create_tenant", missing)
    assert "no such table: accounts_tenant" in refused("tenant_add", name="X")


def test_no_command_left_the_chain_broken(world: World) -> None:
    run("group_add", tenant="contoso", name="on-call")
    assert list(verify()) == []
    assert RoleAssignment.objects.exists()
