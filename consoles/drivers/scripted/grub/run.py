"""Plays the boot loader on a line. In: entries and keys. Out: the words given to the kernel that is to be started."""

from consoles.drivers.scripted.editing import LineEditor
from consoles.drivers.scripted.grub.edit import Editor
from consoles.drivers.scripted.grub.menu import Entry, Menu
from consoles.drivers.scripted.grub.shell import BANNER, CommandLine
from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.happenings import PowerOff, Reset
from consoles.drivers.scripted.keys import next_key

LEAVE = "\x1b[m\x1b[?25h\x1b[H\x1b[J"


class Loader:
    def __init__(self, guest: Guest, version: str, entries: list[Entry]) -> None:
        self._guest, self._version, self._entries = guest, version, entries

    async def choose(self, seconds: int | None) -> str:
        """`seconds` is the countdown; None waits for somebody, 0 shows no menu."""
        if seconds == 0:
            return await self._start(self._entries[0])
        menu = Menu(self._version, self._entries, seconds)
        while True:
            words = await self._in_menu(menu)
            if words is not None:
                return words

    async def _in_menu(self, menu: Menu) -> str | None:
        """None: the menu before this one is shown again."""
        while True:
            menu.result = ""
            await self._send(menu.draw())
            while not menu.result:
                await self._menu_key(menu)
            if menu.result == "back":
                return None
            words = await self._follow(menu)
            if words is not None:
                return words

    async def _menu_key(self, menu: Menu) -> None:
        second = 1 / self._guest.options.speed if self._guest.options.speed else 0.001
        key = await next_key(self._guest.port, None if menu.seconds is None else second)
        await self._send(menu.feed(key) if key else menu.second_passed())

    async def _follow(self, menu: Menu) -> str | None:
        entry = menu.entries[menu.row]
        if menu.result == "edit":
            return await self._edit(entry)
        if menu.result == "command":
            return await self._command_line()
        if entry.inside:
            return await self._in_menu(Menu(self._version, entry.inside, None, deep=True))
        return await self._start(entry)

    async def _start(self, entry: Entry) -> str:
        await self._send(f"{LEAVE}  Booting `{entry.title}'\r\n\r\n")
        return await self._load(entry.commands)

    async def _edit(self, entry: Entry) -> str | None:
        editor = Editor(self._version, [f"setparams '{entry.title}'", "", *entry.commands])
        await self._send(editor.draw())
        while True:
            await self._send(editor.feed(await next_key(self._guest.port)))
            if editor.result == "leave":
                return None
            if editor.result == "command":
                words = await self._command_line()
                if words is not None:
                    return words
                editor.result = ""
                await self._send(editor.draw())
            elif editor.result == "boot":
                await self._send(f"{LEAVE}  Booting a command list\r\n\r\n")
                return await self._load(editor.lines)

    async def _command_line(self) -> str | None:
        shell, history = CommandLine(self._version), list[str]()
        await self._send(f"{LEAVE}{'GNU GRUB  version ' + self._version:^80}\r\n\r\n")
        await self._guest.print(BANNER)
        while not shell.result:
            line = await self._line(history)
            if line is None:
                return None
            await self._guest.print(shell.run(line))
        if shell.result == "reboot":
            raise Reset
        if shell.result == "halt":
            raise PowerOff
        return await self._load([f"linux {shell.kernel}"]) if shell.result == "boot" else None

    async def _line(self, history: list[str]) -> str | None:
        editor = LineEditor("grub> ", history=history)
        await self._guest.print(editor.prompt)
        while editor.done is None:
            key = await next_key(self._guest.port)
            if key == "esc":
                return None
            await self._guest.print(editor.feed(key))
        return editor.done

    async def _load(self, commands: list[str]) -> str:
        words = kernel_words(commands)
        if words is None:
            await self._guest.print(
                "error: you need to load the kernel first.\n\nPress any key to continue..."
            )
            await self._guest.port.char()
            raise Reset
        await self._guest.print("Loading Linux ...\n")
        await self._guest.pause(0.6)
        await self._guest.print("Loading initial ramdisk ...\n")
        await self._guest.pause(0.6)
        return words

    async def _send(self, text: str) -> None:
        await self._guest.port.send(text.encode())


def kernel_words(commands: list[str]) -> str | None:
    """What stands behind the kernel's name on the linux line."""
    for line in commands:
        words = line.split()
        if words and words[0] in ("linux", "linuxefi", "linux16") and len(words) > 1:
            return " ".join(words[1:])
    return None
