"""Every kind of person at the socket's door, and what each is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import actions
from accounts.models import ApiToken, AuditEntry
from accounts.secrets import fresh
from consoles.models import ConsoleSession
from consoles.threads import in_thread
from consoles.wire import Close, Op
from tests.consoles.live.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)


async def test_it_opens_for_those_who_may_and_for_nobody_else(stage: Stage) -> None:
    refusals = {
        None: Close.SIGNED_OUT,
        "stranger": Close.NOT_FOUND,
        "staff": Close.NOT_FOUND,
        "bystander": Close.REVOKED,
        "reader": Close.REVOKED,
        "auditor": Close.REVOKED,
    }
    for person, code in refusals.items():
        refused = await stage.browser(person)
        assert not await refused.open()
        assert refused.refused == code
    assert await in_thread(ConsoleSession.objects.count) == 0
    for allowed in ("owner", "contributor", "watcher"):
        assert await (await stage.browser(allowed)).open()


async def test_another_tenants_machine_is_not_there_and_its_owner_opens_it(stage: Stage) -> None:
    refused = await stage.browser("owner", stage.world.foreign_vm)
    assert not await refused.open()
    assert refused.refused == Close.NOT_FOUND
    assert await (await stage.browser("stranger", stage.world.foreign_vm)).open()


async def test_a_refusal_is_recorded_with_action_and_scope(stage: Stage) -> None:
    assert not await (await stage.browser("reader")).open()
    entry = await in_thread(AuditEntry.objects.get, outcome="refused")
    assert (entry.action, entry.scope) == (actions.CONNECT, stage.world.vm.scope)
    assert (entry.principal_name, entry.error_code) == ("reader", "AuthorizationFailed")


async def test_a_watcher_who_asks_to_write_watches_and_no_key_of_theirs_reaches_the_line(
    stage: Stage,
) -> None:
    device = await stage.attach_device()
    watcher = await stage.attached("watcher", mode="write")
    told = watcher.told(Op.ATTACHED)[0]
    assert (told["mode"], told["may_write"]) == ("watch", False)
    watcher.type(b"rm -rf /\r")
    await watcher.until(Op.NOTICE, kind="read_only")
    watcher.say(Op.TAKE, **{"from": None})
    await watcher.until(Op.NOTICE, kind="changed")
    owner = await stage.attached("owner")
    owner.say(Op.HAND, to=told["viewer"])
    await owner.until(Op.NOTICE, kind="changed")
    owner.type(b"uptime\r")
    await device.hears(b"uptime\r")
    assert bytes(device.heard) == b"uptime\r"


async def test_whoever_asks_to_watch_watches_though_they_may_write(stage: Stage) -> None:
    await stage.attach_device()
    owner = await stage.attached("owner", mode="watch")
    told = owner.told(Op.ATTACHED)[0]
    assert (told["mode"], told["may_write"], told["writer"]) == ("watch", True, None)


NONSENSE: list[dict[str, Any]] = [
    {"mode": "root"},
    {"from": "-1"},
    {"from": "1e9"},
    {"from": "9" * 30},
    {"tail": "all"},
    {"page": "x"},
    {"page": "a b c d e f"},
    {"via": "telnet"},
    {f"x{n}": "1" for n in range(50)},
]


async def test_a_handshake_that_makes_no_sense_is_refused(stage: Stage) -> None:
    for query in NONSENSE:
        refused = await stage.browser("owner", **query)
        assert not await refused.open()
        assert refused.refused == Close.BAD_FRAME
    assert await (await stage.browser("owner", mode="watch", page="abcdefgh", tail="1000")).open()


async def test_elsewhere_there_is_no_socket(stage: Stage) -> None:
    for path in ("/live/", "/", "/live/vms/x/", "/vms/"):
        lost = await stage.browser("owner")
        lost.path = path
        assert not await lost.open()
        assert lost.refused == Close.NOT_FOUND


async def test_a_machine_that_is_off_says_so_and_no_session_is_made(stage: Stage) -> None:
    refused = await stage.browser("owner", stage.world.other_vm)
    assert not await refused.open()
    assert refused.refused == Close.MACHINE_OFF
    assert await in_thread(ConsoleSession.objects.count) == 0


async def with_token(stage: Stage, person: str, **headers: bytes) -> Any:
    secret = fresh("hpt")
    await in_thread(
        ApiToken.objects.create,
        tenant=stage.world.contoso,
        user=stage.world.people[person],
        token_hash=secret.hash,
        expires_at=timezone.now() + timedelta(1),
    )
    found = [(b"host", b"testserver"), (b"authorization", f"Bearer {secret.text}".encode())]
    return stage.made([*found, *((name.encode(), value) for name, value in headers.items())])


async def test_a_program_comes_with_a_token_and_without_an_origin(stage: Stage) -> None:
    await stage.attach_device()
    assert await (await with_token(stage, "owner")).open()
    session = await in_thread(ConsoleSession.objects.get)
    assert session.sign_in_id is None
    assert session.token_id is not None
    foreign = await with_token(stage, "owner", origin=b"http://evil.example")
    assert not await foreign.open()
    assert not await (await with_token(stage, "reader")).open()


async def test_a_wrong_token_does_not_fall_back_on_the_cookie(stage: Stage) -> None:
    browser = await stage.browser("owner")
    browser.headers.append((b"authorization", b"Bearer hpt_wrong"))
    assert not await browser.open()
    assert browser.refused == Close.SIGNED_OUT
    assert await (await stage.browser("owner")).open()


async def test_rules_of_addresses_count_for_sockets(stage: Stage, settings: Any) -> None:
    stage.world.subscription.address_rules = ["192.0.2.0/24"]
    await in_thread(stage.world.subscription.save)
    here = await stage.browser("owner")
    assert not await here.open()
    assert here.refused == Close.REVOKED
    forged = await stage.browser("owner")
    forged.headers.append((b"x-forwarded-for", b"192.0.2.9"))
    assert not await forged.open()
    settings.TRUSTED_PROXIES = 1
    behind_a_proxy = await stage.browser("owner")
    behind_a_proxy.headers.append((b"x-forwarded-for", b"10.9.9.9, 192.0.2.9"))
    assert await behind_a_proxy.open()
    assert (await in_thread(ConsoleSession.objects.get)).address == "192.0.2.9"
