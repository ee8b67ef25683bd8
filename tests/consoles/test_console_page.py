"""The console page: what it is given to attach by itself; where it may not, one sentence and one action."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.roles import VM_CONTRIBUTOR
from consoles.models import Erasure
from portal.fleet.models import VirtualMachine
from tests.world import World, give

ClientOf = Callable[[str], Client]
SCRIPTS = Path(__file__).resolve().parents[2] / "static" / "js" / "console"


def note(client: Client, vm: VirtualMachine) -> str:
    """What the page says before somebody types, without the help that it brings along."""
    found = re.search(
        r"<section[^>]* data-note .*?</section>", client.get(vm.console_url).content.decode(), re.DOTALL
    )
    assert found
    return found[0]


def test_it_opens_for_whoever_sees_the_machine(world: World, client_of: ClientOf) -> None:
    url = world.vm.console_url
    assert client_of("owner").get(url).status_code == 200
    assert client_of("bystander").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_it_says_what_to_know_before_typing(world: World, client_of: ClientOf) -> None:
    text = note(client_of("owner"), world.vm)
    for part in ("password you know", "TMOUT", "stays in the log"):
        assert part in text


def test_it_attaches_by_itself_in_the_mode_that_the_person_may(world: World, client_of: ClientOf) -> None:
    for person, mode in (("owner", "connect"), ("watcher", "watch")):
        text = client_of(person).get(world.vm.console_url).content.decode()
        assert f'data-path="{world.vm.console_url}" data-mode="{mode}"' in text
        assert "js/console/page" in text


def test_a_watcher_is_told_what_typing_would_need(world: World, client_of: ClientOf) -> None:
    text = client_of("watcher").get(world.vm.console_url).content.decode()
    assert "Microsoft.SerialConsole/serialPorts/connect/action" in text
    assert "Missing action" not in client_of("owner").get(world.vm.console_url).content.decode()


def test_the_pop_out_is_the_same_console_without_the_frame(world: World, client_of: ClientOf) -> None:
    url = f"{world.vm.console_url}window/"
    text = client_of("owner").get(url).content.decode()
    assert f'data-path="{world.vm.console_url}"' in text
    assert "navbar" not in text
    assert client_of("bystander").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404


def test_only_this_page_lets_in_style_elements_and_only_with_its_nonce(
    world: World, client_of: ClientOf
) -> None:
    client = client_of("owner")
    answer = client.get(world.vm.console_url)
    found = re.search(r"style-src 'self' 'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert found
    assert f'nonce="{found[1]}"' in answer.content.decode()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    overview = client.get(world.vm.get_absolute_url())
    assert "nonce" not in overview.headers["Content-Security-Policy"]


def test_every_sentence_that_a_script_asks_for_is_on_the_page(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(world.vm.console_url).content.decode()
    written = set(re.findall(r'data-key="([\w-]+)"', text))
    asked = set()
    for script in SCRIPTS.rglob("*.js"):
        asked |= set(re.findall(r'\b(?:text|sentence|act)\("([a-z][\w-]+)"', script.read_text()))
    assert asked - written == set()


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


def test_a_stopped_machine_has_its_page_which_waits(world: World, client_of: ClientOf) -> None:
    text = client_of("owner").get(world.other_vm.console_url).content.decode()
    assert 'data-code="VirtualMachineDeallocated"' in text
    assert 'data-code="Ready"' in client_of("owner").get(world.vm.console_url).content.decode()
    state = client_of("owner").get(f"{world.other_vm.console_url}state/").json()
    assert (state["ready"], state["mode"]) == (False, "write")
    assert "connects as soon as it starts" in state["sentence"]


def test_its_state_names_the_right_that_is_missing(world: World, client_of: ClientOf) -> None:
    missing = {
        who: client_of(who).get(f"{world.vm.console_url}state/").json()["missing"]
        for who in ("owner", "watcher", "reader")
    }
    assert missing["owner"] is None
    wanted = {"action": "Microsoft.SerialConsole/serialPorts/connect/action", "scope": world.vm.scope}
    assert missing["watcher"] == missing["reader"] == wanted


def test_a_windows_machine_is_warned_in_its_own_words(world: World, client_of: ClientOf) -> None:
    text = note(client_of("owner"), world.windows_vm)
    assert "SAC comes first" in text
    assert "SSH key" not in text
    assert "SSH key" in note(client_of("owner"), world.vm)


def test_a_machine_that_logs_out_by_itself_says_how(world: World, client_of: ClientOf) -> None:
    world.vm.log_out_on_detach = "modem"
    world.vm.save()
    text = note(client_of("owner"), world.vm)
    assert "drop the modem line" in text
    assert "TMOUT" not in text


@pytest.mark.parametrize("person", ["owner", "watcher", "reader"])
def test_it_stays_within_its_queries(
    person: str, world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    client = client_of(person)
    with django_assert_max_num_queries(11):
        client.get(world.vm.console_url)


def too_far_back(client: Client, url: str) -> str:
    found = re.search(r'data-key="too-far-back">([^<]*)<', client.get(url).content.decode())
    assert found
    return found[1]


def test_where_the_badge_leads_to_what_was_deleted_it_says_by_whom_and_when(
    world: World, client_of: ClientOf
) -> None:
    VirtualMachine.objects.filter(id=world.vm.id).update(trouble="panic", trouble_offset=500)
    url, watcher = world.vm.console_url, client_of("watcher")
    assert "the log may still have it" in too_far_back(watcher, url)
    line = world.vm.ports.get(number=0).line_id
    erasure = Erasure.objects.create(
        line_id=line, tenant=world.contoso, scope=world.vm.scope, host="local",
        before=900, first=100, reason="a password was printed", asked_by_name="Olga",
    )  # fmt: skip
    at = f"{erasure.asked_at:%Y-%m-%d %H:%M:%S} UTC"
    assert too_far_back(watcher, url) == f"What was printed then was deleted by Olga, {at}."
    assert too_far_back(watcher, f"{url}window/?at=899") == too_far_back(watcher, url)
    for kept in ("900", "99"):
        assert "the log may still have it" in too_far_back(watcher, f"{url}?at={kept}")
    assert too_far_back(watcher, f"{url}?at=nonsense") == too_far_back(watcher, url)
    Erasure.objects.update(by_clock=True)
    assert too_far_back(watcher, url) == f"What was printed then was deleted {at}: its time was over."
