"""A Linux machine from power-on to power-off. In: what is typed, breaks, hang-ups. Out: what a kernel, systemd and a getty print."""

import time
from datetime import datetime

from consoles.drivers.scripted.grub.run import Loader
from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.happenings import LoggedOut, Panic, PowerOff, Reset
from consoles.drivers.scripted.linux import kernel
from consoles.drivers.scripted.linux.disk import Disk
from consoles.drivers.scripted.linux.sysrq import SysRq
from consoles.drivers.scripted.linux.systems import SYSTEMS
from consoles.drivers.scripted.options import Options
from consoles.drivers.scripted.port import Port

COUNTDOWN = 5
ENDS_SESSIONS = "eik"


class Linux(Guest):
    """`play` is what runs once the kernel is up; kinds of guests differ in it."""

    broken = False
    waits_in_menu = False

    def __init__(self, port: Port, options: Options) -> None:
        super().__init__(port, options)
        self.system = SYSTEMS[options.system]
        self.disk = Disk(self.system, self.name, self.broken)
        self.last_logins: dict[str, datetime] = {}
        self.said: list[str] = []
        self.command_line = ""
        self.booted = time.monotonic()
        self.kernel_is_up = self.line_is_open = False
        self._sysrq = SysRq(self)

    async def run(self) -> None:
        while True:
            self._goes_down()
            try:
                await self._boot()
            except Reset:
                continue
            except (PowerOff, Panic):
                self._goes_down()
            await self.idle()

    def _goes_down(self) -> None:
        self.kernel_is_up = False
        self.open_line(False)
        self.port.arriving = self._unheard
        self.port.hold(False)

    def open_line(self, is_open: bool) -> None:
        """Whether somebody's session is on it, which a hang-up ends."""
        self.line_is_open = is_open
        self.port.forget(LoggedOut)

    async def play(self) -> None:
        raise NotImplementedError

    async def _boot(self) -> None:
        await self.print(
            "\x1b[0m\x1b[2J\x1b[HSeaBIOS (version 1.16.2-debian-1.16.2-1)\n\nBooting from Hard Disk...\n"
        )
        await self.pause(0.8)
        loader = Loader(self, self.system.boot_loader, self.system.entries())
        self.command_line = await loader.choose(self._countdown())
        self.booted, self.said = time.monotonic(), []
        self.port.arriving, self.kernel_is_up = self._heard, True
        await self.play()

    def _countdown(self) -> int | None:
        if self.options.timeout is not None:
            return int(self.options.timeout)
        if self.waits_in_menu:
            return None
        return COUNTDOWN if self.options.speed else 0

    async def kernel_lines(self, lines: list[kernel.Line]) -> None:
        """At their own seconds, as far as speed lets them."""
        before = 0.0
        for second, text in lines:
            await self.pause(second - before + 0.012)
            before = second
            line = kernel.stamped(second, text)
            self.said.append(line)
            await self.print(f"{line}\n")
        self.booted = min(self.booted, time.monotonic() - before)

    def kernel_says(self, text: str) -> None:
        """Whatever else is being printed."""
        line = kernel.stamped(time.monotonic() - self.booted, text)
        self.said = [*self.said[-200:], line]
        self.port.put(f"{line}\r\n".encode())

    def panic(self, kind: str) -> None:
        for line in kernel.panic(self.system, kind):
            self.kernel_says(line)
        self.kernel_is_up = False

    # what happens to it

    def on_break(self) -> None:
        if self.kernel_is_up:
            self._sysrq.on_break()

    def on_hang_up(self) -> None:
        if self.line_is_open:
            self.port.happens(LoggedOut())

    def on_reset(self) -> None:
        self.port.happens(Reset())

    def on_nmi(self) -> None:
        if self.kernel_is_up:
            for line in kernel.NMI:
                self.kernel_says(line)

    def sysrq_acts(self, key: str) -> None:
        if key == "b":
            self.port.happens(Reset())
        elif key == "o":
            self.port.happens(PowerOff())
        elif key == "c":
            self.panic("sysrq")
            self.port.happens(Panic())
        elif key in ENDS_SESSIONS:
            self.on_hang_up()

    def _heard(self, data: bytes) -> bytes:
        rest = self._sysrq.arriving(data)
        return self.line_driver(rest) if self.line_is_open else rest

    def _unheard(self, data: bytes) -> bytes:
        return data

    def line_driver(self, data: bytes) -> bytes:
        return data
