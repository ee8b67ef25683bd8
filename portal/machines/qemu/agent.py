"""QEMU's guest agent. In: what the guest shall tell or do. Out: that, or a Failed; secrets pass through and are kept nowhere."""

import asyncio
import base64
import binascii
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from portal.machines.base import AGENT_SILENT, REFUSED, SILENT, Agent, Facts, Failed, Ran
from portal.machines.qemu import hanging_up
from portal.machines.qemu.agent_facts import facts_of
from portal.machines.qemu.agent_link import Link, TooLong, link

LARGEST = 1024 * 1024  # bytes of each of a command's two outputs
AGAIN = (0.05, 0.1, 0.2, 0.5)  # seconds between looks at whether a command ended


class QemuAgent(Agent):
    def __init__(self, path: Path) -> None:
        self._path = path

    async def ping(self) -> None:
        async with link(self._path) as agent:
            await agent.ask("guest-ping")

    async def facts(self) -> Facts:
        async with link(self._path) as agent:
            return facts_of(
                await _if_known(agent, "guest-get-osinfo"),
                await _if_known(agent, "guest-get-host-name"),
                await _if_known(agent, "guest-network-get-interfaces"),
            )

    async def run(
        self, path: str, arguments: Sequence[str], *, stdin: bytes = b"", seconds: float = 30
    ) -> Ran:
        async with link(self._path) as agent:
            pid = await _begun(agent, path, arguments, stdin)
            try:
                return await _ended(agent, pid, seconds)
            except TooLong:
                return Ran(None, cut=True)

    async def set_password(self, user: str, password: str) -> None:
        async with link(self._path) as agent:
            await agent.ask(
                "guest-set-user-password", username=user, password=_coded(password.encode()), crypted=False
            )

    async def add_keys(self, user: str, keys: Sequence[str], *, replace: bool = False) -> None:
        async with link(self._path) as agent:
            await agent.ask("guest-ssh-add-authorized-keys", username=user, keys=list(keys), reset=replace)

    async def hang_up(self, tty: str) -> int:
        ran = await self.run("/bin/sh", ["-c", hanging_up.SCRIPT, "sh", hanging_up.checked(tty)])
        if ran.status != 0 or not ran.out.strip().isdigit():
            raise Failed(REFUSED, f"the guest has no terminal {tty}, or no shell to look at it with")
        return int(ran.out)


async def _if_known(agent: Link, command: str) -> Any:
    """None from an agent that is too old for it, or is told to keep it to itself."""
    try:
        return await agent.ask(command)
    except TooLong:
        raise
    except Failed as failed:
        if failed.code != REFUSED:
            raise
    return None


async def _begun(agent: Link, path: str, arguments: Sequence[str], stdin: bytes) -> int:
    given = {"input-data": _coded(stdin)} if stdin else {}
    began = await agent.ask("guest-exec", path=path, arg=list(arguments), **given, **{"capture-output": True})
    pid = began.get("pid") if isinstance(began, dict) else None
    if not isinstance(pid, int):
        raise Failed(REFUSED, "the guest agent did not say what it began")
    return pid


async def _ended(agent: Link, pid: int, seconds: float) -> Ran:
    end, turn = time.monotonic() + seconds, 0
    while not (status := await _status(agent, pid)).get("exited"):
        if time.monotonic() > end:
            await _kill(agent, pid)
            raise Failed(SILENT, f"the command still ran after {seconds:g} s")
        await asyncio.sleep(AGAIN[min(turn, len(AGAIN) - 1)])
        turn += 1
    out, err = _decoded(status.get("out-data")), _decoded(status.get("err-data"))
    cut = any(status.get(name) for name in ("out-truncated", "err-truncated"))
    code = status.get("exitcode")
    return Ran(
        code if isinstance(code, int) else None,
        out[:LARGEST],
        err[:LARGEST],
        cut or max(len(out), len(err)) > LARGEST,
    )


async def _status(agent: Link, pid: int) -> dict[str, Any]:
    status = await agent.ask("guest-exec-status", pid=pid)
    if not isinstance(status, dict):
        raise Failed(AGENT_SILENT, "the guest agent answered nonsense")
    return status


async def _kill(agent: Link, pid: int) -> None:
    """Nothing that nobody waits for stays behind, in guests that have a kill."""
    try:
        await agent.ask("guest-exec", path="kill", arg=["-KILL", str(pid)])
    except Failed:
        return


def _coded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: object) -> bytes:
    try:
        return base64.b64decode(text) if isinstance(text, str) else b""
    except binascii.Error:
        return b""
