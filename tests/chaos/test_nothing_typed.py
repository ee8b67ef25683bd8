"""What somebody types and the guest does not echo is nowhere afterwards. What the guest prints is where it belongs, by the same search."""

import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from consoles.record.packed import Packed
from portal.fleet.stores.folder import MARK
from tests.chaos.page import Page
from tests.chaos.portal import MIB, Portal
from tests.chaos.waiting import until

pytestmark = pytest.mark.chaos

BY_THE_CLOCK = "from consoles.archive import jobs; jobs.look_after_archives_job()"
ENOUGH = 9 * MIB  # to seal a segment that has what was printed before


async def test_what_is_typed_is_in_no_file_row_log_line_or_job(portal: Portal) -> None:
    await portal.at_rest()
    typed, printed = secrets.token_hex(16).encode(), secrets.token_hex(16).encode()
    guest = portal.guests["printer"]
    guest.tell(echoes=False)
    async with Page(portal.address("printer"), portal.cookies["owner"]) as page:
        guest.prints(b"Password: ")
        await page.type(typed + b"\r")
        await guest.hears(typed)
        guest.prints(b"\r\nLast login: " + printed + b"\r\n")
        await until(lambda: printed in page.text)
    guest.tell(flood=ENOUGH)
    await until(lambda: not guest.tell()["flood"])
    await until(lambda: counted(portal) == len(typed) + 1)
    await until(lambda: archives(portal))

    assert {name for name, data in everything(portal) if printed in data} == {"spool", "stores"}
    assert [name for name, data in everything(portal) if typed in data] == []


def counted(portal: Portal) -> int:
    """Of what was typed the number is kept."""
    line = portal.vms["printer"]["line"].replace("-", "")
    found = portal.rows(
        f"SELECT bytes_in FROM consoles_consolesession WHERE line_id = '{line}' AND ended_at NOT NULL"
    )
    return int(max(found)[0]) if found else 0


def archives(portal: Portal) -> bool:
    """As by the clock, which the chaos portal has none of: the hint of a sealed segment is worth nothing after a minute."""
    portal.runs("manage.py", "shell", "-c", BY_THE_CLOCK).ended()
    portal.runs("manage.py", "rqworker", "--burst", "archive.local", "records").ended()
    return any(name == "stores" for name, _data in files(portal))


def everything(portal: Portal) -> Iterator[tuple[str, bytes]]:
    yield from files(portal)
    yield from redis(portal)
    for name, program in portal.running.items():
        said = [*program.seen, *filter(None, list(program._lines.queue))]
        yield f"what {name} said", "\n".join(said).encode()


def files(portal: Portal) -> Iterator[tuple[str, bytes]]:
    """The database among them; archived output as it was before it was packed."""
    for path in portal.var.rglob("*"):
        if path.is_file():
            place = path.relative_to(portal.var).parts[0]
            yield place, contents(path, packed=place == "stores" and path.name != MARK)


def contents(path: Path, *, packed: bool) -> bytes:
    data = path.read_bytes()
    if not packed:
        return data
    piece = Packed(data)
    return data + piece.read(piece.start, piece.end - piece.start)


def redis(portal: Portal) -> Iterator[tuple[str, bytes]]:
    with Redis.from_url(portal.environment["REDIS_URL"]) as client:
        client.config_set("rdbcompression", "no")
        for key in client.scan_iter():
            yield f"key {key!r}", key + (client.dump(key) or b"")
            if key.startswith(b"rq:job:") and (call := client.hget(key, "data")):
                yield f"job {key!r}", zlib.decompress(call)
