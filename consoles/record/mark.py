"""Which offsets a line has ever given out. In: the moments at which that is not plain from its segments. Out: the first offset that is surely free.

After kill -9 the segments say it all. After a power cut they may have lost what only the page cache held, and while the disk
refuses, offsets go on without them. One small file, rewritten in place, so that it can be written on a full disk.
"""

import os
import re
from functools import cache
from pathlib import Path

OPEN, CLOSED = "open", "closed"
SKIP = 1 << 34  # more than a line prints in the half minute that the page cache keeps
RECORD = re.compile(r"([0-9a-f-]{36}) (open|closed) +(0\d{19})\n")


@cache
def this_boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


class Mark:
    def __init__(self, folder: Path) -> None:
        self._path = folder / "mark"

    def free(self, end: int) -> int:
        """The first free offset, where the segments end at `end`."""
        try:
            record = RECORD.fullmatch(self._path.read_text(errors="replace"))
        except FileNotFoundError:
            record = None
        if not record:
            return end + SKIP if end else 0
        boot, state, floor = record.groups()
        least = max(end, int(floor))
        return least if state == CLOSED or boot == this_boot() else least + SKIP

    def write(self, state: str, floor: int) -> None:
        """Offsets below `floor` may be given out already."""
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(fd, f"{this_boot()} {state:<6} {floor:020d}\n".encode())
            # starts the flush and does not wait for it
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(fd)
