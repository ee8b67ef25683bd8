import asyncio

import pytest

from consoles.drivers.scripted.linux import sysrq
from tests.consoles.scripted.terminal import Terminal, at

LOGIN = "scripted://linux-login/web-1?speed=0"


async def press(line: Terminal, key: str) -> None:
    await line.endpoint.send_break(0.25)
    line.type(key)


@pytest.mark.parametrize(
    ("key", "printed"),
    [
        ("h", "sysrq: HELP : loglevel(0-9) reboot(b) crash(c)"),
        ("s", "Emergency Sync complete"),
        ("u", "sysrq: Emergency Remount R/O"),
        ("r", "sysrq: Keyboard mode set to system default"),
        ("m", "sysrq: Show Memory"),
        ("7", "sysrq: Loglevel set to 7"),
        ("?", "sysrq: HELP"),
    ],
)
async def test_a_key_after_a_break_is_the_kernels(key: str, printed: str) -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await press(line, key)
        await line.until(printed)
        await line.say("hostname", "hostname\r\nweb-1\r\n")


async def test_the_same_key_without_a_break_is_ordinary_input() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("h", "h: command not found")


async def test_a_key_long_after_the_break_is_ordinary_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sysrq, "WINDOW", 0.0)
    async with at(LOGIN) as line:
        await line.log_in()
        await press(line, "h\r")
        await line.until("h: command not found")


async def test_keys_typed_before_the_break_are_not_taken_for_it() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        line.type("hostname\r")
        await press(line, "h")
        seen = await line.say("echo end", "\r\nend\r\n")
    assert "\r\nweb-1\r\n" in seen
    assert "sysrq: HELP" in seen


async def test_b_reboots_whatever_runs() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await line.say("yes", "y\r\ny\r\n")
        await press(line, "b")
        await line.until("SeaBIOS")
        await line.until("web-1 login: ")


async def test_c_panics_and_then_nothing_answers_any_more() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await press(line, "c")
        await line.until("sysrq: Trigger a crash")
        await line.until("Kernel panic - not syncing: sysrq triggered crash")
        await line.until("---[ end Kernel panic - not syncing: sysrq triggered crash ]---\r\n")
        await press(line, "b")
        line.type("are you there\r" * 1000)
        for _ in range(20):
            await asyncio.sleep(0)
        assert line._read == b""


async def test_e_ends_the_session() -> None:
    async with at(LOGIN) as line:
        await line.log_in()
        await press(line, "e")
        await line.until("web-1 login: ")


async def test_a_break_means_nothing_to_the_boot_loader() -> None:
    async with at("scripted://grub/web-1?speed=0") as line:
        await line.until("*Debian GNU/Linux")
        await press(line, "c")
        await line.until("grub> ")
