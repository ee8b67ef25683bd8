"""The audit tab: what happened at a scope and below it, for those who may read it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, audit
from accounts.models import AuditEntry
from accounts.roles import CONSOLE_AUDITOR
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]


def at(scope: str) -> str:
    return reverse("activity", args=[scope.lstrip("/")])


def text(answer: object) -> str:
    return " ".join(answer.content.decode().split())  # type: ignore[attr-defined]


def note(world: World, who: str, action: str, scope: str, **fields: object) -> AuditEntry:
    principal = world.principal(who)
    return audit.record(by=principal, action=action, scope=scope, tenant_id=principal.tenant_id, **fields)  # type: ignore[arg-type]


def shown(answer: object) -> list[str]:
    return [line.entry.scope for line in answer.context["lines"]]  # type: ignore[attr-defined]


def test_the_auditor_and_the_owner_read_it_and_others_do_not(world: World, client_of: ClientOf) -> None:
    for thing in (world.vm, world.group, world.subscription, world.contoso):
        assert client_of("owner").get(at(thing.scope)).status_code == 200
        assert client_of("auditor").get(at(thing.scope)).status_code == 200
        assert client_of("contributor").get(at(thing.scope)).status_code == 403
        assert client_of("stranger").get(at(thing.scope)).status_code == 404


def test_an_auditor_of_one_vm_reads_that_vm_alone(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_AUDITOR, world.vm.scope)
    client = client_of("bystander")
    assert client.get(at(world.vm.scope)).status_code == 200
    assert client.get(at(world.other_vm.scope)).status_code == 403
    assert client.get(at(world.contoso.scope)).status_code == 403


def test_a_scope_shows_itself_and_what_lies_in_it_and_no_neighbour_of_a_like_name(
    world: World, client_of: ClientOf
) -> None:
    inside = f"{world.vm.scope}/providers/Microsoft.SerialConsole/serialPorts/0"
    for scope in (
        world.vm.scope,
        inside,
        world.vm.scope + "0",
        world.vm.scope + "-old",
        world.vm.scope + "_x/y",
    ):
        note(world, "contributor", actions.CONNECT, scope)
    owner = client_of("owner")
    assert set(shown(owner.get(at(world.vm.scope)))) == {world.vm.scope, inside}
    assert inside in shown(owner.get(at(world.subscription.scope)))
    assert world.vm.scope + "-old" in shown(owner.get(at(world.group.scope)))


def test_the_tenant_shows_its_whole_chain_and_nothing_of_another(world: World, client_of: ClientOf) -> None:
    note(world, "stranger", actions.CONNECT, world.foreign_vm.scope)
    note(world, "owner", "Homeport.Directory/signIn/action", "/users/somebody")
    owner = client_of("owner")
    owner.get(at(world.contoso.scope))  # that they read it is an entry, too
    answer = owner.get(at(world.contoso.scope))
    assert "/users/somebody" in shown(answer)
    assert world.foreign_vm.scope not in shown(answer)
    assert answer.context["listed"].total == AuditEntry.objects.filter(chain__tenant=world.contoso).count()


def test_it_says_what_happened_in_words_with_outcome_address_and_request(
    world: World, client_of: ClientOf
) -> None:
    entry = note(
        world, "watcher", actions.CONNECT, world.vm.scope, outcome="refused", error_code="AuthorizationFailed",
        details={"reason": "no role"},
    )  # fmt: skip
    page = text(client_of("auditor").get(at(world.vm.scope)))
    assert "Connect to a serial console and type" in page
    assert "refused" in page
    assert "127.0.0.1" in page
    assert "no role" in page
    assert reverse("audit_entry", args=[entry.seq, world.vm.scope.lstrip("/")]) in page


def test_it_filters_by_person_family_outcome_and_time(world: World, client_of: ClientOf) -> None:
    note(world, "contributor", actions.CONNECT, world.vm.scope)
    note(world, "contributor", actions.VM_WRITE, world.vm.scope, outcome="failed")
    note(world, "watcher", actions.WATCH, world.vm.scope)
    client, url = client_of("auditor"), at(world.vm.scope)

    def seen(**query: str) -> list[tuple[str, str]]:
        lines = client.get(url, query).context["lines"]
        return sorted(
            (line.entry.principal_name, line.entry.action)
            for line in lines
            if line.entry.principal_kind == "User" and line.entry.action != actions.AUDIT_READ
        )

    both = [("contributor", actions.VM_WRITE), ("contributor", actions.CONNECT)]
    assert seen(who="contrib") == sorted(both)
    assert seen(who=str(world.people["contributor"].id)) == sorted(both)
    assert seen(family="Microsoft.SerialConsole/") == [
        ("contributor", actions.CONNECT),
        ("watcher", actions.WATCH),
    ]
    assert seen(outcome="failed") == [("contributor", actions.VM_WRITE)]
    assert len(seen(span="1h")) == 3
    today = timezone.now().date()
    assert len(seen(since=today.isoformat(), until=today.isoformat())) == 3
    assert seen(until=(today - timedelta(days=1)).isoformat()) == []
    assert seen(since=(today + timedelta(days=1)).isoformat()) == []


def test_nonsense_in_a_filter_gets_a_sentence_and_finds_nothing(world: World, client_of: ClientOf) -> None:
    note(world, "contributor", actions.CONNECT, world.vm.scope)
    client, url = client_of("auditor"), at(world.vm.scope)
    answer = client.get(url, {"since": "yesterday", "family": "nothing", "until": "9999-12-31"})
    assert answer.status_code == 200
    assert "Enter a valid date/time." in text(answer)
    assert "lines" not in answer.context
    assert "This filter is not understood" in text(answer)
    turned = client.get(url, {"since": "2026-02-02", "until": "2026-02-01"})
    assert "This is before the time it begins." in text(turned)
    assert world.vm.scope in shown(client.get(url, {"since": "2026-01-01"}))


def test_pages_follow_each_other_without_a_gap(world: World, client_of: ClientOf) -> None:
    for _number in range(70):
        note(world, "contributor", actions.CONNECT, world.vm.scope)
    client, url = client_of("auditor"), at(world.vm.scope)
    client.get(url)  # that they read it is an entry of its own, the first time
    first = client.get(url)
    second = client.get(f"{url}?{first.context['listed'].next}")
    ids = [line.entry.id for answer in (first, second) for line in answer.context["lines"]]
    expected = (
        AuditEntry.objects.filter(scope_key=world.vm.scope.lower())
        .order_by("-at", "-id")
        .values_list("id", flat=True)
    )
    assert ids == list(expected)


def test_what_people_typed_is_shown_as_text(world: World, client_of: ClientOf) -> None:
    note(world, "contributor", actions.CONNECT, world.vm.scope, details={"<b>": "<script>alert(1)</script>"})
    client = client_of("auditor")
    entry = note(world, "contributor", actions.CONNECT, world.vm.scope, details={"name": "<img src=x>"})
    page = client.get(at(world.vm.scope)).content.decode()
    story = client.get(
        reverse("audit_entry", args=[entry.seq - 1, world.vm.scope.lstrip("/")])
    ).content.decode()
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page
    assert "<script>alert" not in story
    assert "&lt;script&gt;alert" in story


def test_ten_thousand_entries_cost_as_many_queries_as_ten(
    world: World, client_of: ClientOf, django_assert_max_num_queries: object
) -> None:
    client = client_of("auditor")
    client.get(at(world.vm.scope))
    chain = audit.record(
        by=SYSTEM, action=actions.VM_WRITE, scope=world.vm.scope, tenant_id=world.contoso.id
    ).chain
    began = datetime(2026, 1, 1, tzinfo=UTC)
    AuditEntry.objects.bulk_create(
        AuditEntry(
            chain=chain, seq=chain.seq + 1 + number, at=began + timedelta(minutes=number), principal_name="bulk",
            principal_kind="User", action=actions.CONNECT, scope=world.vm.scope, scope_key=world.vm.scope.lower(),
            outcome="succeeded", hash="0",
        )
        for number in range(10_050)
    )  # fmt: skip
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        answer = client.get(at(world.vm.scope))
    assert answer.context["listed"].count == "10,000+"


def test_a_line_names_what_it_is_about_and_leaves_ids_to_the_details(
    world: World, client_of: ClientOf
) -> None:
    details = {"role": "Reader <b>", "user": str(world.people["reader"].id)}
    note(world, "owner", actions.ASSIGNMENT_WRITE, world.vm.scope, details=details)
    summary = (
        text(client_of("owner").get(at(world.vm.scope))).split('class="list-group-item')[1].split("</a>")[0]
    )
    assert "· Reader &lt;b&gt;" in summary
    assert details["user"] not in summary
