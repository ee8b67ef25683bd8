"""A console's page as its tests use it. In: keys and buttons. Out: what the screen shows, and the frames that its socket sent and got."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, WebSocket, expect

from consoles.wire import OFFSETS, U64, Op
from tests.browser.portal import Portal
from tests.browser.steps import sign_in

SCREEN = "[...document.querySelectorAll('.xterm-rows > div')].map(row => row.textContent.trimEnd()).join('\\n').trimEnd()"
UNBROKEN = "[...document.querySelectorAll('.xterm-rows > div')].map(row => row.textContent).join('')"
LAST_ROW = f"pattern => new RegExp(pattern).test(({SCREEN}).split('\\n').at(-1))"
PASTE = """text => {
    const held = new DataTransfer();
    held.setData('text/plain', text);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true}));
}"""


class House:
    """A tenant of its own, with lines as a test needs them, and people by their roles."""

    def __init__(self, portal: Portal, lines: dict[str, str], **more: Any) -> None:
        self.portal, self.name = portal, f"house-{uuid4().hex[:8]}"
        vms = dict.fromkeys(lines, "running")
        self.made: dict[str, str] = portal.hands(
            "house", **{"name": self.name, "vms": vms, "lines": lines, **more}
        )

    def person(self, name: str, role: str = "Owner") -> dict[str, str]:
        made: dict[str, str] = self.portal.hands(
            "person",
            name=f"{name.lower()}-{uuid4().hex[:8]}",
            tenant=self.made["tenant"],
            role=role,
            display_name=name,
        )
        return made

    def console(self, vm: str) -> str:
        return f"/vms/{self.made['subscription']}/web/{vm}/console/"

    def scope(self, vm: str) -> str:
        return f"{self.made['group']}/providers/Microsoft.Compute/virtualMachines/{vm}"

    def switch(self, on: bool, reason: str = "") -> None:
        self.portal.hands("switch", subscription=self.made["subscription"], on=on, reason=reason)


class Frames:
    """Of a page's sockets, from the first on. Output is held to come once and in order, over every reconnection."""

    def __init__(self, page: Page) -> None:
        self.keys, self.output = b"", bytearray()
        self.sent: list[int] = []
        self.next: int | None = None
        self.wrong: list[str] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        socket.on("framesent", self._sent)
        socket.on("framereceived", self._received)

    def _sent(self, frame: bytes | str) -> None:
        assert isinstance(frame, bytes)
        self.sent.append(frame[0])
        if frame[0] == Op.KEYS:
            self.keys += frame[1:]

    def _received(self, frame: bytes | str) -> None:
        assert isinstance(frame, bytes)
        if frame[0] == Op.OUTPUT:
            offset, data = U64.unpack_from(frame, 1)[0], frame[9:]
            if self.next not in (None, offset):
                self.wrong.append(f"bytes from {offset} after {self.next}")
            self.output += data
            self.next = offset + len(data)
        elif frame[0] in (Op.GAP, Op.SKIP):
            self.wrong.append(f"{Op(frame[0]).name} {OFFSETS.unpack(frame[1:])}")
            self.next = OFFSETS.unpack(frame[1:])[1]


def attach(page: Page, person: dict[str, str], console: str) -> Frames:
    frames = Frames(page)
    sign_in(page, person, at=console)
    expect(page.locator("[data-console]")).to_have_attribute("data-state", "up")
    return frames


def terminal(page: Page) -> Locator:
    return page.get_by_label("Terminal input")


def state(page: Page) -> Locator:
    """What is said about the connection."""
    return page.locator("[data-slot=state]")


def keyboard(page: Page) -> Locator:
    """What is said about who types."""
    return page.locator("[data-slot=keyboard]")


def shows(page: Page, text: str, timeout: float = 20_000) -> None:
    """Also where it breaks at the terminal's edge."""
    shown = f"text => ({SCREEN}).includes(text) || ({UNBROKEN}).includes(text)"
    page.wait_for_function(shown, arg=text, timeout=timeout, polling=20)


def stands_at(page: Page, pattern: str, timeout: float = 20_000) -> None:
    """The last row that shows anything, such as a prompt."""
    page.wait_for_function(LAST_ROW, arg=pattern, timeout=timeout, polling=20)


def screen(page: Page) -> str:
    found: str = page.evaluate(SCREEN)
    return found


def download(page: Page, kind: str) -> bytes:
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download").click()
        page.get_by_role("button", name=kind).click()
    return Path(begun.value.path()).read_bytes()
