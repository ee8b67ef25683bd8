"""A session is the time it lasted: what it was shown of the time before is told apart, on its page, in its output and in its replay."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from accounts import actions, audit
from consoles.archive.erasing import erase_output
from consoles.models import ConsoleSession
from tests.consoles.diagnostics.conftest import Printed
from tests.consoles.live.sessions import session as row_of
from tests.consoles.reviewing.conftest import Attach
from tests.consoles.reviewing.test_replay import at, played, told
from tests.world import World

ClientOf = Callable[[str], Client]
NOW = timezone.now().replace(microsecond=0) - timedelta(seconds=300)
BOOT, OWN, LATER = b"\x1b[2J\x1b[Hboot\r\nlogin: ", b"sysrq: HELP\r\n", b"later\r\n"


def ms(seconds: float) -> int:
    return int((NOW.timestamp() + seconds) * 1000)


@pytest.fixture
def session(printed: Printed, attach: Attach) -> ConsoleSession:
    """From 100 s to 109 s after the boot; others came before, and come later."""
    printed(BOOT, at=ms(0))
    printed(OWN, at=ms(105))
    printed(LATER, at=ms(200))
    for person, came, went in (("contributor", 50, 60), ("contributor", 150, 160)):
        other = attach(person, until=len(BOOT), live=len(BOOT))
        timed(other, came, went)
    return timed(attach("owner", until=len(BOOT + OWN), live=len(BOOT)), 100, 109)


def timed(session: ConsoleSession, came: float, went: float) -> ConsoleSession:
    same = ConsoleSession.objects.filter(id=session.id)
    same.update(started_at=NOW + timedelta(seconds=came), ended_at=NOW + timedelta(seconds=went))
    return same.get()


def test_its_page_tells_what_it_was_shown_from_before_apart(
    session: ConsoleSession, client_of: ClientOf
) -> None:
    page = client_of("auditor").get(f"/sessions/{session.id}/").content.decode()
    assert f"{len(BOOT)} – {len(BOOT + OWN)}" in page
    assert f"(and {len(BOOT)}\xa0bytes that was printed before it began)" in page
    assert f"{session.started_at:%Y-%m-%d %H:%M:%S} UTC</time>" in page


def test_its_output_is_what_was_printed_and_what_happened_meanwhile(
    session: ConsoleSession, client_of: ClientOf
) -> None:
    output = client_of("auditor").get(f"/sessions/{session.id}/output/").content.decode()
    assert "sysrq: HELP" in output
    assert "owner attached" in output
    for other in ("boot", "login:", "later", "contributor"):
        assert other not in output, other


def test_of_one_whose_beginning_was_deleted_the_rest_is_shown_and_why(
    world: World, printed: Printed, attach: Attach, client_of: ClientOf
) -> None:
    printed(b"a password\r\n", at=ms(0))
    erase_output(by=world.principal("owner"), vm=world.vm, reason="a password was printed")
    printed(OWN, at=ms(105))
    session = timed(attach("owner", until=12 + len(OWN), live=0), 0, 109)
    output = client_of("auditor").get(f"/sessions/{session.id}/output/").content.decode()
    assert "a password was printed" in output
    assert "sysrq: HELP" in output


def test_its_replay_begins_as_it_came_with_the_screen_as_it_stood_and_lasts_as_long(
    world: World, session: ConsoleSession, client_of: ClientOf
) -> None:
    client = client_of("auditor")
    index = told(client, at(world, "cast/", session=session.id))
    assert (index["duration"], index["clock"]) == (9.0, [[0, ms(100)]])
    assert [(one["ms"], one["label"]) for one in index["moments"]] == [
        (ms(100), "owner attached"),
        (ms(109), "owner left"),
    ]
    assert played(client, index) == OWN.decode()
    part = told(client, index["segments"][0]["url"])
    assert part["snapshot"]["init"] == BOOT.decode()
    assert [event[0] for event in part["events"] if event[2]] == [5.0]


def test_one_in_which_nothing_was_printed_is_replayed_too(
    world: World, session: ConsoleSession, client_of: ClientOf
) -> None:
    other = ConsoleSession.objects.filter(principal_name="contributor").latest("started_at")
    client = client_of("auditor")
    assert "Nothing to play" not in client.get(at(world, session=other.id)).content.decode()
    index = told(client, at(world, "cast/", session=other.id))
    assert (index["duration"], played(client, index)) == (10.0, "")
    assert [one["label"] for one in index["moments"]] == ["contributor attached", "contributor left"]


def test_one_from_before_that_was_kept_is_what_it_was_shown(
    world: World, session: ConsoleSession, client_of: ClientOf
) -> None:
    ConsoleSession.objects.filter(id=session.id).update(live_offset=None)
    client = client_of("auditor")
    assert f"0 – {len(BOOT + OWN)}" in client.get(f"/sessions/{session.id}/").content.decode()
    index = told(client, at(world, "cast/", session=session.id))
    assert played(client, index) == (BOOT + OWN).decode()


def test_the_log_has_what_came_after_a_prompt_behind_who_came_meanwhile(
    world: World, session: ConsoleSession, client_of: ClientOf
) -> None:
    log = client_of("auditor").get(f"{world.vm.get_absolute_url()}log/", {"start": 0}).json()
    shown: list[Any] = [(row["ms"], row.get("text") or row.get("label")) for row in log["rows"]]
    prompt, own = shown.index((ms(0), "login: ")), shown.index((ms(105), "sysrq: HELP"))
    assert prompt < shown.index((ms(50), "contributor attached")) < own
    assert prompt < shown.index((ms(100), "owner attached")) < own


def test_who_ended_those_of_before_is_learned_from_the_audit(world: World) -> None:
    ended, left = (row_of(world, "watcher", end_code=code) for code in ("ended", "left"))
    for one in (ended, left):
        audit.record(
            by=world.principal("owner"),
            action=actions.SESSION_END,
            scope=world.vm.scope,
            tenant_id=world.contoso.id,
            details={"session": str(one.id)},
        )
    import_module("consoles.migrations.0005_own_time").keep_who_ended_it(apps, None)
    names = ConsoleSession.objects.values_list("id", "ended_by_name")
    assert dict(names) == {ended.id: "owner", left.id: ""}


def test_who_lost_the_keyboard_is_a_link_to_their_session(
    world: World, session: ConsoleSession, client_of: ClientOf
) -> None:
    lost = ConsoleSession.objects.filter(principal_name="contributor").earliest("started_at")
    audit.record(
        by=world.principal("owner"),
        action=actions.TAKE_OVER,
        scope=session.scope,
        tenant_id=world.contoso.id,
        details={"session": str(session.id), "how": "taken", "lost_session": lost.id.hex},
    )
    ConsoleSession.objects.filter(id=session.id).update(ended_at=None)
    page = client_of("auditor").get(f"/sessions/{session.id}/").content.decode()
    assert f'href="/sessions/{lost.id}/"' in page


def test_rights_are_words_with_their_id_beside(session: ConsoleSession, client_of: ClientOf) -> None:
    page = client_of("owner").get(f"/sessions/{session.id}/").content.decode()
    assert "the right “Read logs kept in a storage account”" in page
    assert f'<code class="text-break">{actions.LOG_READ}</code>' in page
