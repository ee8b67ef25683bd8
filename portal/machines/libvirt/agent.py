"""A guest's agent behind libvirt. In: the agent's commands. Out: what it returned; libvirt holds the channel, so nobody else may.

What is said to the guest is what `portal/machines/qemu/agent.py` says; only the way there is another.
"""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from portal.machines.base import Facts, Ran
from portal.machines.libvirt.speaker import Speaker
from portal.machines.libvirt.speaking import speaking
from portal.machines.libvirt.urls import Address
from portal.machines.qemu.agent import QemuAgent, _begun, _coded, _ended
from portal.machines.qemu.agent_facts import facts_of
from portal.machines.qemu.agent_link import ANSWER, Link

CHANNEL = "org.qemu.guest_agent.0"


class Passing(Link):
    """libvirt itself sees to the greeting, and to answers that somebody before did not wait for."""

    def __init__(self, speaker: Speaker, domain: str) -> None:
        self._speaker, self._domain = speaker, domain

    async def ask(self, command: str, seconds: float = ANSWER, /, **arguments: object) -> Any:
        said = json.dumps({"execute": command, "arguments": arguments} if arguments else {"execute": command})
        answer = await self._speaker.call(self._domain, "agent", said, round(seconds), seconds=seconds + 2)
        return answer.get("return")


class LibvirtAgent(QemuAgent):
    def __init__(self, address: Address) -> None:
        self._address = address

    async def ping(self) -> None:
        async with self._link() as agent:
            await agent.ask("guest-ping")

    async def facts(self) -> Facts:
        async with self._link() as agent:
            return facts_of(
                await agent.ask("guest-get-osinfo"),
                await agent.ask("guest-get-host-name"),
                await agent.ask("guest-network-get-interfaces"),
            )

    async def run(
        self, path: str, arguments: Sequence[str], *, stdin: bytes = b"", seconds: float = 30
    ) -> Ran:
        async with self._link() as agent:
            return await _ended(agent, await _begun(agent, path, arguments, stdin), seconds)

    async def set_password(self, user: str, password: str) -> None:
        async with self._link() as agent:
            coded = _coded(password.encode())
            await agent.ask("guest-set-user-password", username=user, password=coded, crypted=False)

    async def add_keys(self, user: str, keys: Sequence[str], *, replace: bool = False) -> None:
        async with self._link() as agent:
            await agent.ask("guest-ssh-add-authorized-keys", username=user, keys=list(keys), reset=replace)

    @asynccontextmanager
    async def _link(self) -> AsyncIterator[Link]:
        async with speaking(self._address.uri) as speaker:
            yield Passing(speaker, self._address.domain)
