"""The wall of consoles: who gets which tiles, in which order, for how many queries."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import actions
from accounts.models import RoleDefinition
from accounts.roles import CONSOLE_WATCHER, READER
from accounts.services.roles import assign_role, save_custom_role
from accounts.services.tenants import grant_staff
from consoles.wall import line_news, ranking
from consoles.wall import views as wall
from consoles.wall.line_news import LineNews
from portal.fleet.models import SerialPort, StorageAccount, Subscription, VirtualMachine
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription
from tests.world import SYSTEM, World, give, person, role

ClientOf = Callable[[str], Client]
NAMES = ["web-1", "web-2", "win-1"]
SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js" / "console"


@pytest.fixture(autouse=True)
def news(monkeypatch: pytest.MonkeyPatch) -> dict[str, LineNews]:
    """What hubs tell, for a test to write."""
    told: dict[str, LineNews] = {}
    monkeypatch.setattr(wall, "line_news", lambda: told)
    return told


def tiles(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/consoles/?{query}")
    assert answer.status_code == 200
    names = [vm.name for vm in answer.context["vms"]]
    assert answer.content.decode().count('<li class="tile"') == len(names)
    return names


def line_of(vm: VirtualMachine) -> str:
    return str(SerialPort.objects.get(vm=vm).line_id)


def more_vms(world: World, count: int) -> list[VirtualMachine]:
    return [
        add_vm(by=SYSTEM, group=world.group, name=f"node-{number:03}", os="Linux", serial_url="loop://")
        for number in range(count)
    ]


def test_there_is_a_tile_for_each_machine_that_somebody_may_watch_or_connect_to(
    world: World, client_of: ClientOf
) -> None:
    assert tiles(client_of("owner")) == NAMES
    assert tiles(client_of("watcher")) == NAMES
    assert tiles(client_of("contributor")) == ["web-1"]
    for who in ("reader", "auditor", "bystander"):
        assert tiles(client_of(who)) == []


def test_machines_of_another_tenant_are_nobody_elses_tiles(world: World, client_of: ClientOf) -> None:
    wanted = f"pin={world.vm.pk}&subscription={world.subscription.pk}"
    assert tiles(client_of("owner"), wanted) == NAMES
    assert tiles(client_of("stranger"), wanted) == []
    answer = client_of("stranger").get("/consoles/")
    assert [vm.pk for vm in answer.context["vms"]] == [world.foreign_vm.pk]


def test_connecting_without_the_storage_accounts_keys_is_not_watching(
    world: World, client_of: ClientOf
) -> None:
    rights = [actions.VM_READ, actions.CONNECT, actions.STORAGE_KEYS]
    typist = save_custom_role(
        by=SYSTEM, tenant=world.contoso, role=RoleDefinition(name="Typist", actions=rights)
    )
    keyless = person("keyless", world.contoso)
    assign_role(
        by=SYSTEM,
        tenant=world.contoso,
        principal_kind="User",
        principal_id=keyless.id,
        role=typist,
        scope=world.group.scope,
    )
    assert tiles(client_of("keyless")) == NAMES
    place = create_resource_group(by=SYSTEM, subscription=world.subscription, name="logs")
    world.vm.diagnostics_account = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=place, name="contosologs"
    )
    world.vm.save()
    assert tiles(client_of("keyless")) == ["web-2", "win-1"]
    assert tiles(client_of("owner")) == NAMES
    give(world.people["reader"], world.contoso, CONSOLE_WATCHER, world.vm.scope)
    assert tiles(client_of("reader")) == ["web-1"]


def test_a_console_that_is_off_has_no_tile(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    VirtualMachine.objects.filter(pk=world.vm.pk).update(boot_diagnostics=False)
    assert tiles(owner) == ["web-2", "win-1"]
    SerialPort.objects.filter(vm=world.other_vm).update(enabled=False)
    assert tiles(owner) == ["win-1"]
    SerialPort.objects.filter(vm=world.windows_vm).delete()
    assert tiles(owner) == []
    VirtualMachine.objects.update(boot_diagnostics=True)
    assert tiles(owner) == ["web-1"]
    Subscription.objects.filter(pk=world.subscription.pk).update(console_enabled=False)
    assert tiles(owner) == []


def test_filters_narrow_and_stay_in_their_fields(world: World, client_of: ClientOf) -> None:
    owner = client_of("owner")
    other = create_subscription(by=SYSTEM, tenant=world.contoso, name="staging")
    place = create_resource_group(by=SYSTEM, subscription=other, name="test")
    add_vm(by=SYSTEM, group=place, name="test-1", os="Linux", serial_url="loop://", power_state="running")
    assert tiles(owner, "q=web-") == ["web-1", "web-2"]
    assert tiles(owner, "power=running") == ["test-1", "web-1", "win-1"]
    assert tiles(owner, f"subscription={other.pk}") == ["test-1"]
    assert tiles(owner, "power=nonsense") == []
    text = owner.get(f"/consoles/?q=web&subscription={other.pk}&order=name").content.decode()
    assert 'value="web"' in text
    assert f'<option value="{other.pk}" selected>' in text
    assert '<option value="name" selected>' in text
    assert "No console matches" in text


def test_lines_that_are_down_come_first_then_the_newest_activity(
    world: World, client_of: ClientOf, news: dict[str, LineNews]
) -> None:
    owner, now = client_of("owner"), 1_800_000_000_000
    news[line_of(world.windows_vm)] = LineNews("up", "", now, "Ada")
    news[line_of(world.other_vm)] = LineNews("up", "", now - 600_000)
    assert tiles(owner) == ["win-1", "web-2", "web-1"]
    news[line_of(world.vm)] = LineNews("down", "busy")
    assert tiles(owner) == ["web-1", "win-1", "web-2"]
    assert tiles(owner, "order=name") == NAMES
    text = owner.get("/consoles/").content.decode()
    assert 'data-line="down" data-code="busy"' in text
    assert 'data-writer="Ada"' in text


def test_machines_in_trouble_come_before_all_others(
    world: World, client_of: ClientOf, news: dict[str, LineNews]
) -> None:
    VirtualMachine.objects.filter(id=world.windows_vm.id).update(trouble="panic", trouble_at=timezone.now())
    news[line_of(world.vm)] = LineNews("up", "", 1_800_000_000_000)
    news[line_of(world.other_vm)] = LineNews("down", "busy")
    owner = client_of("owner")
    assert tiles(owner) == ["win-1", "web-2", "web-1"]
    assert "kernel panic" in owner.get("/consoles/").content.decode()
    assert tiles(owner, "order=name") == NAMES


def test_lines_that_print_all_the_time_keep_their_places(
    world: World, client_of: ClientOf, news: dict[str, LineNews]
) -> None:
    owner, minute = client_of("owner"), 30_000_000
    for vm, past in ((world.vm, 10), (world.other_vm, 30_000), (world.windows_vm, 59_999)):
        news[line_of(vm)] = LineNews("up", "", minute * 60_000 + past)
    assert tiles(owner) == NAMES


def test_what_is_pinned_comes_first_if_it_may_be_seen(world: World, client_of: ClientOf) -> None:
    pins = f"pin={world.windows_vm.pk}&pin={world.foreign_vm.pk}&pin=nonsense&pin={world.other_vm.pk}"
    for order in ("", "&order=name"):
        assert tiles(client_of("owner"), pins + order) == ["win-1", "web-2", "web-1"]
        assert tiles(client_of("contributor"), pins + order) == ["web-1"]


@pytest.mark.parametrize("order", ["", "name"])
def test_pages_follow_each_other_without_a_gap_or_a_repeat(
    order: str, world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, news: dict[str, LineNews]
) -> None:
    monkeypatch.setattr(wall, "PAGE", 4)
    owner, nodes = client_of("owner"), more_vms(world, 7)
    for number, vm in enumerate(nodes[:5]):
        news[line_of(vm)] = LineNews("up", "", 1_800_000_000_000 + number * 60_000)
    found, query = [], f"order={order}"
    for _page in range(3):
        answer = owner.get(f"/consoles/?{query}")
        found += [vm.name for vm in answer.context["vms"]]
        query = answer.context["more"]
    assert query == ""
    assert len(found) == 10
    assert set(found) == {*NAMES, *(vm.name for vm in nodes)}
    assert found[0] == ("node-000" if order else "node-004")


def test_a_mark_that_is_not_ours_shows_the_first_page(world: World, client_of: ClientOf) -> None:
    for order in ("", "name"):
        assert tiles(client_of("owner"), f"after=forged&order={order}") == NAMES


def test_of_more_machines_than_can_be_ordered_the_ones_that_matter_are_shown(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch, news: dict[str, LineNews]
) -> None:
    monkeypatch.setattr(ranking, "MOST", 3)
    monkeypatch.setattr(wall, "MOST", 3)
    nodes = more_vms(world, 5)
    for number, vm in enumerate(nodes):
        news[line_of(vm)] = LineNews("up", "", 1_800_000_000_000 + number * 60_000)
    news[line_of(world.windows_vm)] = LineNews("down", "busy")
    answer = client_of("owner").get("/consoles/")
    assert [vm.name for vm in answer.context["vms"]] == ["win-1", "node-004", "node-003"]
    VirtualMachine.objects.filter(id=nodes[0].id).update(trouble="oops", trouble_at=timezone.now())
    answer = client_of("owner").get("/consoles/")
    assert answer.context["vms"][0].name == "node-000"
    assert "3+ consoles" in answer.content.decode()


@pytest.mark.parametrize("query", ["", "order=name", "q=node&pin=1"])
def test_queries_do_not_grow_with_the_machines(query: str, world: World, client_of: ClientOf) -> None:
    client = client_of("owner")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/consoles/?{query}").status_code == 200
        return len(queries)

    more_vms(world, 2)
    few = asked()
    add_vm(by=SYSTEM, group=world.group, name="node-later", os="Linux", serial_url="loop://")
    for number in range(60):
        add_vm(by=SYSTEM, group=world.group, name=f"node-x{number}", os="Linux", serial_url="loop://")
    assert asked() <= few + 1, "the count of a list that goes on is one more"
    assert few <= 14


def test_a_part_of_the_page_is_only_tiles(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get("/consoles/", headers={"HX-Request": "true"}).content.decode()
    assert text.count('<li class="tile"') == 3
    assert "<html" not in text


def test_an_empty_wall_says_how_the_first_tile_gets_there(world: World, client_of: ClientOf) -> None:
    text = client_of("reader").get("/consoles/").content.decode()
    assert "No console to watch yet" in text
    assert "No console to watch yet" not in client_of("owner").get("/consoles/").content.decode()


def test_staff_see_on_a_grant_what_its_role_lets_them_watch(world: World, client_of: ClientOf) -> None:
    def granted(built_in: Any, hours: int) -> None:
        grant_staff(
            by=SYSTEM,
            staff=world.people["staff"],
            tenant=world.contoso,
            role=role(built_in),
            reason="ticket 17",
            hours=hours,
        )

    granted(READER, 1)
    assert tiles(client_of("staff")) == []
    granted(CONSOLE_WATCHER, 2)
    assert tiles(client_of("staff")) == NAMES


def test_every_sentence_that_its_scripts_ask_for_is_on_the_page(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get("/consoles/").content.decode()
    written = set(re.findall(r'data-key="([\w-]+)"', text))
    scripts = [
        *(SCRIPTS / "wall").glob("*.js"),
        SCRIPTS / "asking.js",
        SCRIPTS / "flow.js",
    ]
    told = "\n".join(script.read_text() for script in scripts)
    asked = set(re.findall(r'\b(?:word|sentence|text|stop|aside)\("([a-z][\w-]+)"', told))
    assert {"wall-connecting", "wall-signed-out", "signed-out", "gap"} <= asked | {"gap"}
    assert asked - written == set()


def test_hubs_that_cannot_be_found_are_no_news(settings: Any) -> None:
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    line_news._known = (-line_news.FRESH, {})
    assert line_news.line_news() == {}
