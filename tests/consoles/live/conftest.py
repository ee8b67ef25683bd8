import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from django.test import Client

from accounts.models import SignIn
from consoles import hub_addresses, threads
from consoles.hub.spec import LineSpec
from consoles.threads import in_thread
from consoles.wire import Op
from portal.fleet.models import VirtualMachine
from tests import world as worlds
from tests.consoles.hub.support import MIB, Device, Host, running, until
from tests.consoles.live.browser import ORIGIN, Browser, path_of
from tests.world import World


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An in-memory database has one writer at a time, so all that asks it here takes turns."""
    pool = ThreadPoolExecutor(1)
    monkeypatch.setattr(threads, "POOL", pool)
    monkeypatch.setattr(threads, "DOOR", pool)
    yield
    pool.shutdown()


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a short path: a unix socket's may have about a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="live-") as made:
        yield Path(made)


class Stage:
    """A portal with its people, a hub with a device behind web-1, and browsers that were signed in by the portal's page."""

    def __init__(self, world: World, host: Host) -> None:
        self.world, self.host = world, host
        self.browsers: list[Browser] = []
        self.cookies: dict[str, str] = {}

    async def attach_device(self, vm: VirtualMachine | None = None) -> Device:
        port = await in_thread((vm or self.world.vm).ports.get)
        device = await Device(self.host.folder / f"{port.line_id}.sock").start()
        self.host.devices.append(device)
        spec = LineSpec(str(port.line_id), f"unix://{device.path}", "web-1", 16 * MIB)
        self.host.specs.append(spec)
        await self.host.hub.want(self.host.specs)
        await until(device.connected.is_set)
        return device

    async def cookie(self, person: str) -> str:
        if person not in self.cookies:
            self.cookies[person] = await in_thread(_signed_in, person)
        return self.cookies[person]

    async def browser(self, person: str | None, vm: VirtualMachine | None = None, **query: Any) -> Browser:
        headers = [(b"host", b"testserver"), (b"origin", ORIGIN.encode()), (b"user-agent", b"tests")]
        if person is not None:
            headers.append((b"cookie", f"sessionid={await self.cookie(person)}".encode()))
        return self.made(headers, vm, **query)

    def made(
        self, headers: list[tuple[bytes, bytes]], vm: VirtualMachine | None = None, **query: Any
    ) -> Browser:
        browser = Browser(path_of(vm or self.world.vm), headers, query)
        self.browsers.append(browser)
        return browser

    async def attached(self, person: str, **query: Any) -> Browser:
        browser = await self.browser(person, **query)
        assert await browser.open()
        await browser.until(Op.ATTACHED)
        return browser

    async def sign_in_of(self, person: str) -> SignIn:
        return await in_thread(SignIn.objects.get, user=self.world.people[person], ended_at=None)

    async def stop(self) -> None:
        for browser in self.browsers:
            if hasattr(browser, "task") and not browser.task.done():
                await browser.leave()


def _signed_in(person: str) -> str:
    client = Client()
    answer = client.post("/sign-in/", {"username": person, "password": worlds.PASSWORD})
    assert answer.status_code == 302, answer.content
    return client.cookies["sessionid"].value


@pytest_asyncio.fixture
async def stage(world: World, folder: Path, settings: Any) -> AsyncIterator[Stage]:
    settings.HUB_LISTEN = f"unix://{folder / 'hub.sock'}"
    hub_addresses._known.clear()
    async with running(folder) as host:
        made = Stage(world, host)
        yield made
        await made.stop()
