"""What follows the kernel. In: the kernel's command line and the state of the disk. Out: a login, a rescue shell or emergency mode."""

from contextlib import suppress

from consoles.drivers.scripted.happenings import LoggedOut, Panic
from consoles.drivers.scripted.linux import kernel, services
from consoles.drivers.scripted.linux.login import logins
from consoles.drivers.scripted.linux.machine import Linux
from consoles.drivers.scripted.linux.maintenance import EMERGENCY, RESCUE, bare_shell, maintenance
from consoles.drivers.scripted.linux.tty import Tty

STEP = 0.12
BARE = {"init=/bin/bash", "init=/bin/sh", "rd.break"}
SINGLE = {"single", "s", "S", "1", "systemd.unit=rescue.target", "systemd.unit=emergency.target", "emergency"}
WAITING = "\r\x1b[K[\x1b[0;31m*     \x1b[0m] A start job is running for /dev/disk/by-uuid/{} ({}s / 15s)"


class Login(Linux):
    """A machine that boots to its login."""

    async def play(self) -> None:
        words = set(self.command_line.split())
        await self.kernel_lines(kernel.boot(self.system, self.command_line))
        self.tty = Tty(self)
        if words & BARE:
            await self._bare("rd.break" in words)
        await self._say(services.EARLY)
        if words & SINGLE:
            await self._maintained(RESCUE)
        await self._mount()
        await self._say([*services.FILE_SYSTEMS, *services.LATE])
        await self._log_in()

    def line_driver(self, data: bytes) -> bytes:
        return self.tty.arriving(data)

    async def _say(self, lines: list[str]) -> None:
        await self.print_lines([line.format(ssh=self.system.ssh) for line in lines], STEP)

    async def _mount(self) -> None:
        while missing := self.disk.missing_device():
            for second in range(1, 16, 2):
                await self.print(WAITING.format(missing, second))
                await self.pause(2)
            unit = "dev-disk-by\\x2duuid-" + missing.replace("-", "\\x2d") + ".device"
            await self.print(
                f"\r\x1b[K{services.timed_out(f'Timed out waiting for device {unit} - /dev/disk/by-uuid/{missing}.')}\n"
                f"{services.depends('Dependency failed for data.mount - /data.')}\n"
                f"{services.depends('Dependency failed for local-fs.target - Local File Systems.')}\n"
            )
            await self._maintained(EMERGENCY)

    async def _maintained(self, text: str) -> None:
        self.open_line(True)
        try:
            await maintenance(self, self.tty, text)
        except LoggedOut:
            await self.print("\n")
        self.open_line(False)

    async def _bare(self, in_initrd: bool) -> None:
        self.open_line(True)
        with suppress(LoggedOut):
            await bare_shell(self, self.tty, in_initrd)
        self.panic("init")
        raise Panic

    async def _log_in(self) -> None:
        self.open_line(True)
        while True:
            try:
                await logins(self, self.tty)
            except LoggedOut:
                self.tty = Tty(self)
                self.port.hold(False)
                self.port.drop_typed()
                await self.print("\n")


class Menu(Login):
    """One whose boot loader waits for somebody."""

    waits_in_menu = True


class Emergency(Login):
    """One whose file system table names a disk that is not there."""

    broken = True


class Panicking(Linux):
    """One whose kernel finds no root file system."""

    async def play(self) -> None:
        await self.kernel_lines(kernel.boot(self.system, self.command_line, rootless=True))
        self.panic("mount")
        raise Panic
