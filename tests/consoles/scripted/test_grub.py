import pytest

from consoles.drivers.scripted.grub.edit import Editor
from tests.consoles.scripted.terminal import Terminal, at

GRUB = "scripted://grub/proxy-1?speed=0"
DOWN, END = "\x1b[B", "\x05"


async def test_the_menu_is_drawn_for_24_lines_and_waits() -> None:
    async with at(GRUB) as line:
        menu = await line.until("*Debian GNU/Linux")
        assert "GNU GRUB  version 2.06" in menu
        assert "\x1b[7m" in menu
        await line.until("Advanced options for Debian GNU/Linux")
        line.type("\r")
        await line.until("Booting `Debian GNU/Linux'")
        await line.until("proxy-1 login: ")


async def test_it_counts_down_and_a_key_stops_it() -> None:
    async with at("scripted://grub/proxy-1?speed=50&timeout=3") as line:
        await line.until("automatically in 3s.")
        await line.until("automatically in 1s.")
        await line.until("Booting `Debian")
    async with at("scripted://grub/proxy-1?speed=1&timeout=60&rate=0") as line:
        await line.until("automatically in 60s.")
        line.type(DOWN)
        await line.until("\x1b[7m*Advanced options")


async def test_the_arrows_choose_and_a_submenu_opens_and_closes() -> None:
    async with at(GRUB) as line:
        await line.until("*Debian GNU/Linux")
        line.type(f"{DOWN}\r")
        await line.until("*Debian GNU/Linux, with Linux 6.1.0")
        line.type("\x1b")
        await line.until("*Advanced options")
        line.type(f"\r{DOWN}\r")
        await line.until("(recovery mode)'")
        await line.until("You are in rescue mode.")


async def to_the_linux_line(line: Terminal, words: str) -> None:
    await line.until("*Debian GNU/Linux")
    line.type("e")
    await line.until("Minimum Emacs-like screen editing")
    line.type(DOWN * 8 + END + words)
    await line.until(words[-3:])
    line.type("\x18")
    await line.until("Booting a command list")


@pytest.mark.parametrize("words", [" single", " systemd.unit=rescue.target"])
async def test_an_edited_entry_boots_to_a_single_user_shell(words: str) -> None:
    async with at(GRUB) as line:
        await to_the_linux_line(line, words)
        await line.until("(or press Control-D to continue): ")
        await line.say("homeport", "root@proxy-1:~# ")
        assert words in await line.say("cat /proc/cmdline", "# ")
        await line.say("exit", "proxy-1 login: ")


async def test_a_shell_in_the_place_of_init_needs_no_password_and_panics_when_left() -> None:
    async with at(GRUB) as line:
        await to_the_linux_line(line, " init=/bin/bash")
        await line.until("bash: no job control in this shell")
        await line.until("root@(none):/# ")
        await line.say("exit", "Kernel panic - not syncing: Attempted to kill init!")
    async with at(GRUB) as line:
        await to_the_linux_line(line, " init=/bin/bash")
        await line.until("root@(none):/# ")
        await line.endpoint.hang_up()
        await line.until("Kernel panic - not syncing: Attempted to kill init!")


async def test_the_editor_is_left_without_a_trace() -> None:
    async with at(GRUB) as line:
        await line.until("*Debian GNU/Linux")
        line.type("e")
        await line.until("Minimum Emacs-like")
        line.type("x\x1b")
        await line.until("Use the ^ and v keys")
        line.type("\r")
        await line.until("proxy-1 login: ")


async def test_the_command_line_answers_and_boots() -> None:
    async with at(GRUB) as line:
        await line.until("*Debian GNU/Linux")
        line.type("c")
        await line.until("grub> ")
        await line.say("ls", "(hd0,gpt1)")
        await line.say("nonsense", "error: can't find command `nonsense'.")
        await line.say("boot", "error: you need to load the kernel first.")
        line.type("\x1b")
        await line.until("*Debian GNU/Linux")
        line.type("c")
        await line.until("grub> ")
        await line.say("linux /boot/vmlinuz root=/dev/vda1 single", "grub> ")
        await line.say("boot", "You are in rescue mode.")


async def test_the_command_line_reboots() -> None:
    async with at(GRUB) as line:
        await line.until("*Debian GNU/Linux")
        line.type("c")
        await line.until("grub> ")
        await line.say("reboot", "SeaBIOS")
        await line.until("*Debian GNU/Linux")


def test_a_long_line_wraps_in_the_editor_and_keeps_its_text() -> None:
    editor = Editor("2.06", ["a" * 200])
    editor.feed("\x05")
    editor.feed("b")
    assert editor.lines == ["a" * 200 + "b"]
    assert "\\" in editor.draw()
    for key in ("\x01", "\x0b", "x", "\r", "y", "\x7f", "\x7f"):
        editor.feed(key)
    assert editor.lines == ["x"]
