"""Whose script opened the socket: a cookie alone is no proof, and whatever is not surely this portal's page stays outside."""

import pytest
from django.test import override_settings

from consoles.wire import Close
from tests.consoles.live.browser import HOST, ORIGIN
from tests.consoles.live.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)

FOREIGN: dict[str, list[str]] = {
    "missing": [],
    "null": ["null"],
    "empty": [""],
    "foreign": ["http://evil.example"],
    "sub-domain": [f"http://evil.{HOST}"],
    "parent": ["http://server"],
    "prefix": [f"http://{HOST}.evil.example"],
    "another port": [f"http://{HOST}:8080"],
    "user before it": [f"http://{HOST}@evil.example"],
    "path after it": [f"{ORIGIN}/"],
    "another scheme": [f"file://{HOST}"],
    "no scheme": [HOST],
    "two": [ORIGIN, "http://evil.example"],
    "two that are right": [ORIGIN, ORIGIN],
}


async def opens(stage: Stage, origins: list[str], host: str = HOST) -> bool:
    cookie = f"sessionid={await stage.cookie('owner')}".encode()
    headers = [(b"host", host.encode()), (b"cookie", cookie)]
    browser = stage.made([*headers, *((b"origin", one.encode()) for one in origins)])
    opened = await browser.open()
    assert opened or browser.refused == Close.REFUSED
    return opened


async def test_a_page_that_is_not_ours_opens_nothing_with_our_cookie(stage: Stage) -> None:
    assert [kind for kind, origins in FOREIGN.items() if await opens(stage, origins)] == []
    assert await opens(stage, [ORIGIN])


async def test_a_host_that_is_not_ours_makes_no_origin_right(stage: Stage) -> None:
    for host in ("evil.example", "", "testserver.evil.example", "a@b"):
        assert not await opens(stage, [f"http://{host}"], host)
    assert await opens(stage, [ORIGIN])


async def test_a_port_in_both_is_right(stage: Stage) -> None:
    assert await opens(stage, [f"http://{HOST}:8000"], f"{HOST}:8000")


async def test_a_name_that_forms_are_trusted_from_is_trusted(stage: Stage) -> None:
    assert not await opens(stage, ["https://console.contoso.example"])
    with override_settings(CSRF_TRUSTED_ORIGINS=["https://console.contoso.example"]):
        assert await opens(stage, ["https://console.contoso.example"])


async def test_where_everything_is_encrypted_a_page_that_was_not_is_foreign(stage: Stage) -> None:
    with override_settings(TLS=True):
        assert not await opens(stage, [ORIGIN])
        assert await opens(stage, [f"https://{HOST}"])
