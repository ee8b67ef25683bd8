"""The console page, up to the terminal: each state is one sentence and one action."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.roles import VM_CONTRIBUTOR
from consoles.endpoint import shown
from tests.world import World, give

ClientOf = Callable[[str], Client]


def test_it_opens_for_whoever_sees_the_machine(world: World, client_of: ClientOf) -> None:
    url = world.vm.console_url
    assert client_of("owner").get(url).status_code == 200
    assert client_of("bystander").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_it_says_what_will_be_attached_and_what_to_know_before(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(world.vm.console_url).content.decode()
    for part in (
        "you may connect and type",
        "COM1 / ttyS0",
        "password you know",
        "TMOUT",
        "stays in the log",
    ):
        assert part in text


def test_a_watcher_is_told_what_typing_would_need(world: World, client_of: ClientOf) -> None:
    text = client_of("watcher").get(world.vm.console_url).content.decode()
    assert "you may watch" in text
    assert "Microsoft.SerialConsole/serialPorts/connect/action" in text
    assert "Missing action" not in client_of("owner").get(world.vm.console_url).content.decode()


def test_it_promises_no_terminal_that_is_not_there(world: World, client_of: ClientOf) -> None:
    for person in ("owner", "watcher"):
        text = client_of(person).get(world.vm.console_url).content.decode()
        assert "the terminal itself comes with the next version" in text


def test_it_names_the_account_over_which_a_right_is_missing(world: World, client_of: ClientOf) -> None:
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, world.vm.scope)
    text = client_of("bystander").get(world.vm.console_url).content.decode()
    assert "Your roles on contosodiag" in text
    assert "Your roles here" not in text
    assert "Your roles here" in client_of("watcher").get(world.vm.console_url).content.decode()
    assert "Your roles" not in client_of("owner").get(world.vm.console_url).content.decode()


def test_the_way_out_is_one_that_the_person_may_go(world: World, client_of: ClientOf) -> None:
    world.subscription.console_enabled = False
    world.subscription.save()
    saying = {who: client_of(who).get(world.vm.console_url).context["saying"] for who in ("owner", "watcher")}
    assert saying["owner"].url == f"/subs/{world.subscription.id}/"
    assert saying["watcher"].url == world.vm.get_absolute_url()


def test_a_reader_is_told_who_can_help(world: World, client_of: ClientOf) -> None:
    text = client_of("reader").get(world.vm.console_url).content.decode()
    assert "AuthorizationFailed" in text
    assert "User Access Administrator" in text
    assert world.vm.scope in text


def test_a_stopped_machine_says_so(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(world.other_vm.console_url).content.decode()
    assert "VirtualMachineDeallocated" in text


def test_a_windows_machine_is_warned_in_its_own_words(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(world.windows_vm.console_url).content.decode()
    assert "SAC comes first" in text
    assert "SSH key" not in text
    assert "SSH key" in client_of("owner").get(world.vm.console_url).content.decode()


def test_a_machine_that_logs_out_by_itself_says_how(world: World, client_of: ClientOf) -> None:
    world.vm.log_out_on_detach = "modem"
    world.vm.save()
    text = client_of("owner").get(world.vm.console_url).content.decode()
    assert "drop the modem line" in text
    assert "TMOUT" not in text


@pytest.mark.parametrize("person", ["owner", "watcher", "reader"])
def test_it_stays_within_its_queries(
    person: str, world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(person)
    with django_assert_max_num_queries(11):
        client.get(world.vm.console_url)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("unix:///run/web-1.sock", "/run/web-1.sock"),
        ("tcp://127.0.0.1:4000", "127.0.0.1:4000"),
        ("telnet://admin:s3cret@host:23", "host:23"),
        ("rfc2217://[::1]:2217?poll=1", "[::1]:2217"),
        ("/dev/ttyUSB0", "/dev/ttyUSB0"),
        ("loop://", ""),
    ],
)
def test_an_endpoint_is_shown_without_its_password(url: str, target: str) -> None:
    assert shown(url).target == target
