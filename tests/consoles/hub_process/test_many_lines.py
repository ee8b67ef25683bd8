from pathlib import Path

from consoles.hub import client
from consoles.hub.hub import Hub
from consoles.hub.spec import HubSettings, LineSpec, Listening


async def test_a_thousand_lines_are_reported_whole(tmp_path: Path) -> None:
    hub = Hub(HubSettings("local", tmp_path / "spool", Listening(path=tmp_path / "hub.sock")))
    await hub.start()
    await hub.want([LineSpec(f"{n:032x}", "loop://", f"web/vm-{n}", 2**20) for n in range(1000)])
    assert len((await client.ask(f"unix://{tmp_path / 'hub.sock'}"))["lines"]) == 1000
    await hub.drain()
