"""The guest agent of a real Linux, in one guest for all of it, since it takes some seconds to come up."""

import asyncio
import time

import pytest

from portal.machines.base import CANNOT, REFUSED, SILENT, Agent, Failed
from portal.machines.qemu.managed import ManagedMachine
from tests.machines.qemu.kinds import Holding, Machines
from tests.machines.qemu.serial_line import SerialLine

pytestmark = pytest.mark.guest


async def answering(machine: ManagedMachine, patience: float = 60) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            return await machine.agent().ping()
        except Failed:
            assert time.monotonic() < end, "the agent never answered"


async def test_the_agent_tells_runs_and_hangs_up(small: Machines, line: Holding) -> None:
    machine = small(agent=True)
    await machine.prepare()
    held = await line(machine)
    await machine.start()
    await answering(machine)
    agent = machine.agent()
    await it_tells_of_its_guest(agent)
    await it_runs_commands(agent)
    await it_is_asked_by_several_in_turn(agent)
    await it_hangs_up_whoever_signed_in(agent, held)
    await it_signs_in_with_a_new_password(agent, held)
    await it_lets_keys_in(agent)


async def it_tells_of_its_guest(agent: Agent) -> None:
    facts = await agent.facts()
    assert facts.host_name == "small-1"
    assert facts.os_name
    assert facts.kernel[0].isdigit()


async def it_runs_commands(agent: Agent) -> None:
    ran = await agent.run("/bin/sh", ["-c", "cat; echo oops >&2; exit 3"], stdin=b"what it was given")
    assert (ran.status, ran.out, ran.err, ran.cut) == (3, b"what it was given", b"oops\n", False)
    ran = await agent.run("/bin/sh", ["-c", "yes | head -c 3000000"])
    assert ran.cut
    assert len(ran.out) <= 1024 * 1024
    with pytest.raises(Failed) as failed:
        await agent.run("/bin/nothing", [])
    assert failed.value.code == REFUSED
    with pytest.raises(Failed) as failed:
        await agent.run("/bin/sleep", ["1000"], seconds=0.3)
    assert failed.value.code == SILENT
    ran = await agent.run("/bin/sh", ["-c", "pidof sleep"])
    assert ran.out == b"", "what took too long was ended"


async def it_is_asked_by_several_in_turn(agent: Agent) -> None:
    ran = await asyncio.gather(*(agent.run("/bin/echo", [str(number)]) for number in range(5)))
    assert [one.out for one in ran] == [f"{number}\n".encode() for number in range(5)]


async def it_hangs_up_whoever_signed_in(agent: Agent, held: SerialLine) -> None:
    assert await agent.hang_up("ttyS0") == 0, "a getty waits there, and goes on waiting"
    held.type("\n")
    await held.sign_in()
    held.type("sleep 1000\n")
    await held.until(b"sleep 1000\r\n")
    assert await agent.hang_up("ttyS0") == 2
    await held.until(b"login: ")
    assert (await agent.run("/bin/sh", ["-c", "pidof sleep"])).out == b""
    for name in ("ttyS9x", "../../x", "tty S0", "nothing"):
        with pytest.raises(Failed) as failed:
            await agent.hang_up(name)
        assert failed.value.code in (CANNOT, REFUSED)


# busybox has none, and the agent leaves passwords to it
CHPASSWD = r"""
cat > /usr/sbin/chpasswd << 'END'
#!/bin/sh
IFS=: read -r user password
hash=$(mkpasswd -m sha512 "$password")
sed -i "s|^$user:[^:]*:|$user:$hash:|" /etc/shadow
END
chmod 755 /usr/sbin/chpasswd
"""


async def it_signs_in_with_a_new_password(agent: Agent, held: SerialLine) -> None:
    await agent.run("/bin/sh", ["-c", CHPASSWD])
    await agent.set_password("operator", "correct: horse 'ß'")
    held.type("\n")
    await held.sign_in("operator", "correct: horse 'ß'")
    with pytest.raises(Failed) as failed:
        await agent.set_password("nobody-at-all", "x\n")
    assert failed.value.code == REFUSED


async def it_lets_keys_in(agent: Agent) -> None:
    async def keys() -> list[str]:
        return (await agent.run("/bin/cat", ["/home/operator/.ssh/authorized_keys"])).out.decode().split("\n")

    await agent.add_keys("operator", ["ssh-ed25519 AAAA one"])
    await agent.add_keys("operator", ["ssh-ed25519 AAAA two"])
    assert {"ssh-ed25519 AAAA one", "ssh-ed25519 AAAA two"} <= set(await keys())
    await agent.add_keys("operator", ["ssh-ed25519 AAAA three"], replace=True)
    assert [key for key in await keys() if key] == ["ssh-ed25519 AAAA three"]
    with pytest.raises(Failed) as failed:
        await agent.add_keys("nobody-at-all", ["ssh-ed25519 AAAA one"])
    assert failed.value.code == REFUSED
