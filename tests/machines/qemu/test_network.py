"""The network of a managed machine: its forwarded ports are reached from this host, and it reaches nothing here."""

import asyncio

import pytest

from tests.machines.qemu.kinds import Holding, Machines
from tests.machines.qemu.test_agent import answering
from tests.run.programs import free_port

pytestmark = pytest.mark.guest


async def test_it_is_reached_by_its_forwarded_port_and_reaches_nobody(small: Machines, line: Holding) -> None:
    port, met = free_port(), asyncio.Event()
    machine = small(agent=True, network={"forward": {"http": port}})

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.set()
        writer.close()

    async with await asyncio.start_server(meet, "127.0.0.1", 0) as server:
        await machine.prepare()
        await line(machine)
        await machine.start()
        await answering(machine)
        agent = machine.agent()
        await agent.run("/bin/sh", ["-c", "nc -l -p 80 -e /bin/hostname > /dev/null 2>&1 &"])
        async with asyncio.timeout(20):
            while not (told := await say_hello(port)):
                await asyncio.sleep(0.2)
        assert told
        here = server.sockets[0].getsockname()[1]
        tried = await agent.run("/bin/sh", ["-c", f"echo | nc -w 3 10.0.2.2 {here}"])
        assert tried.status != 0
        assert not met.is_set()


async def say_hello(port: int) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        return await reader.read(100)
    except ConnectionError:
        return b""
    finally:
        writer.close()
