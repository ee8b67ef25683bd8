import asyncio

from tests.consoles.scripted.terminal import Terminal, at

EMERGENCY = "scripted://emergency/web-2?speed=0"
ASKED = "Give root password for maintenance\r\n(or press Control-D to continue): "


async def test_a_missing_disk_leads_to_emergency_mode_which_asks_for_the_password() -> None:
    async with at(EMERGENCY) as line:
        assert "Timed out waiting for device" in await line.until(ASKED)
        assert "wrong" not in await line.say("wrong", f"Login incorrect\r\n\r\n{ASKED}")
        assert "homeport" not in await line.say("homeport", "root@web-2:~# ")
        assert "UUID=0b9d6f4e" in await line.say("cat /etc/fstab", ":~# ")


async def mended(line: Terminal, repair: str) -> None:
    await line.until(ASKED)
    await line.say("homeport", "root@web-2:~# ")
    await line.say("mount -o remount,rw /", "# ")
    line.type(f"{repair}\r")
    await line.until("\r\n")
    assert "error" not in await line.until("# ")
    await line.say("systemctl daemon-reload", "# ")
    await line.say("systemctl reboot", "reboot: Restarting system")
    await line.until("web-2 login: ")


async def test_commenting_the_line_out_lets_it_boot() -> None:
    async with at(EMERGENCY) as line:
        await mended(line, "sed -i '/data/s/^/#/' /etc/fstab")


async def test_deleting_the_line_lets_it_boot() -> None:
    async with at(EMERGENCY) as line:
        await mended(line, "sed -i '3d' /etc/fstab")


async def test_making_the_disk_optional_lets_it_boot() -> None:
    async with at(EMERGENCY) as line:
        await mended(line, "sed -i 's/defaults/defaults,nofail/' /etc/fstab")


async def test_going_on_without_a_repair_asks_again() -> None:
    async with at(EMERGENCY) as line:
        await line.until(ASKED)
        line.type("\x04")
        await line.until(ASKED)
        await line.say("homeport", "root@web-2:~# ")
        assert "can't find UUID=" in await line.say("mount -a", "root@web-2:~# ")
        await line.say("exit", ASKED)


async def test_a_kernel_without_a_root_panics_and_is_silent_for_ever() -> None:
    async with at("scripted://panic/db-1?speed=0") as line:
        await line.until("Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n")
        await line.until("---[ end Kernel panic - not syncing: VFS: Unable to mount root fs")
        await line.until("]---\r\n")
        await line.endpoint.send_break(0.25)
        line.type("h\r")
        for _ in range(20):
            await asyncio.sleep(0)
        assert line._read == b""


async def test_a_silent_machine_takes_what_is_typed_and_says_nothing() -> None:
    async with at("scripted://silent/build-1?speed=0") as line:
        await line.type_all(b"hello? " * 200_000)
        assert line._read == b""
