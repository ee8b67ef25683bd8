"""Programs under a terminal of their own: real shells."""

import time
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest

from consoles.drivers.base import DENIED, MISSING, NOT_ALLOWED, Abilities, Endpoint, Host, Trouble
from consoles.drivers.opening import open_endpoint
from tests.consoles.drivers.lines import ended, read, type_, until

ALLOWED = Host(allow_pty=True)


async def shell(script: str) -> Endpoint:
    return await open_endpoint(f"pty:///bin/sh?arg=-c&arg={quote(script)}", ALLOWED)


async def says(line: Endpoint, text: bytes) -> bytes:
    return await read(line, lambda printed: text in printed)


async def pid_of(line: Endpoint) -> int:
    return int((await says(line, b"\r\n")).split()[0])


async def test_it_starts_nothing_unless_the_setting_allows_it(tmp_path: Path) -> None:
    made = tmp_path / "made"
    url = f"pty:///usr/bin/touch?arg={made}"
    with pytest.raises(Trouble, match="HOMEPORT_HUB_ALLOW_PTY") as raised:
        await open_endpoint(url, Host())
    assert raised.value.code == NOT_ALLOWED
    assert not made.exists()
    line = await open_endpoint(url, ALLOWED)
    assert await ended(line)
    line.close()
    assert made.exists()


async def test_the_program_has_a_terminal_of_its_own_and_the_end_is_seen() -> None:
    line = await shell("tty; ps -o sid=,pid= -p $$; stty size; exit 3")
    printed = (await read_all(line)).split()
    assert printed[0].startswith(b"/dev/pts/")
    assert printed[1] == printed[2]
    assert printed[3:] == [b"24", b"80"]
    line.close()
    line.close()


async def read_all(line: Endpoint) -> bytes:
    printed = b""
    with pytest.raises(OSError, match="Input/output error"):
        while True:
            printed += await read(line, bool)
    return printed


async def test_keys_reach_the_program_and_control_c_interrupts_it() -> None:
    line = await shell("trap 'echo caught; exit' INT; echo ready; while :; do sleep 1; done")
    await says(line, b"ready")
    type_(line, b"\x03")
    await says(line, b"caught")
    line.close()


async def test_it_tells_the_program_the_size() -> None:
    line = await shell("trap 'stty size; exit' WINCH; echo ready; while :; do sleep 0.01; done")
    assert line.can == Abilities(modem=True, size=True)
    await says(line, b"ready")
    line.resize(50, 132)
    await says(line, b"50 132")
    line.close()


async def test_hanging_up_is_a_signal() -> None:
    line = await shell("trap 'echo bye; exit' HUP; echo ready; while :; do sleep 0.01; done")
    await says(line, b"ready")
    await line.hang_up()
    await says(line, b"bye")
    line.close()


async def test_closing_ends_the_program_however_stubborn_and_leaves_no_zombie() -> None:
    line = await shell("trap '' HUP TERM INT; echo $$; while :; do sleep 0.05; done")
    pid = await pid_of(line)
    begun = time.monotonic()
    line.close()
    line.close()
    assert time.monotonic() - begun < 5
    await until(lambda: not psutil.pid_exists(pid))


async def test_closing_right_after_opening_leaves_nothing() -> None:
    before = set(psutil.Process().children())
    line = await shell("exec sleep 100")
    line.close()
    await until(lambda: not set(psutil.Process().children()) - before)


async def test_the_program_does_not_see_the_secrets_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOMEPORT_SECRET_KEY", "not-for-guests")
    line = await open_endpoint("pty:///usr/bin/env", ALLOWED)
    printed = await read_all(line)
    assert b"TERM=xterm-256color" in printed
    assert b"not-for-guests" not in printed
    line.close()


async def test_it_says_what_is_wrong_with_the_program(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("text")
    for url, code in (("pty:///no/such/program", MISSING), (f"pty://{plain}", DENIED)):
        with pytest.raises(Trouble) as raised:
            await open_endpoint(url, ALLOWED)
        assert raised.value.code == code
