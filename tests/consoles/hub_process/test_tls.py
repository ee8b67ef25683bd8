"""A hub on another host: both sides show a certificate of one authority, and the hub's names the host."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from consoles.hub import client
from consoles.hub.hub import Hub
from consoles.hub.spec import HubSettings
from tests.consoles.hub_process.authority import Authority, authority
from tests.run.programs import free_port


@pytest.fixture
def ours(tmp_path: Path) -> Authority:
    return authority(tmp_path / "ours")


@pytest.fixture
async def address(ours: Authority, tmp_path: Path) -> AsyncIterator[str]:
    place = ours.listening("localhost", port=free_port())
    hub = Hub(HubSettings("rack-2", tmp_path / "spool", place))
    await hub.start()
    yield place.address
    await hub.drain()


async def test_a_web_with_a_certificate_of_the_same_authority_is_answered(
    ours: Authority, address: str
) -> None:
    assert (await client.ask(address, ours.listening("web")))["host"] == "rack-2"


async def test_one_without_a_certificate_or_with_anybody_elses_is_not(
    ours: Authority, address: str, tmp_path: Path
) -> None:
    ours_web, theirs = ours.listening("web"), authority(tmp_path / "theirs").listening("web")
    stranger = replace(theirs, authority=ours.file)
    believer = replace(ours_web, authority=theirs.authority)
    server_only = ours.listening("other", usages=(ExtendedKeyUsageOID.SERVER_AUTH,))
    assert (await client.ask(address, ours_web))["host"] == "rack-2"
    for who in (stranger, believer, server_only, None):
        with pytest.raises(client.HubGone):
            await client.ask(address, who)


async def test_a_hub_whose_certificate_names_another_host_is_not_believed(
    ours: Authority, address: str
) -> None:
    web = ours.listening("web")
    assert (await client.ask(address, web))["host"] == "rack-2"
    with pytest.raises(client.HubGone):
        await client.ask(address.replace("localhost", "127.0.0.1"), web)
