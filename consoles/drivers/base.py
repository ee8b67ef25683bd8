"""What the hub knows of a serial endpoint, whatever stands behind it. In: a URL. Out: a file descriptor to read and write, and acts.

Every endpoint is a descriptor, also where a thread or a script feeds it: the hub reads all of them in one way.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Abilities:
    """What the page may offer. `rate` is in bytes a second where the endpoint knows it."""

    breaks: bool = False
    modem: bool = False
    size: bool = False
    rate: int | None = None

    def told(self) -> dict[str, bool | int | None]:
        return asdict(self)


class Trouble(Exception):
    """The line cannot be reached. `code` is for pages to translate, `reason` the operating system's own words; `begun`: it may be done all the same."""

    def __init__(self, code: str, reason: str, *, begun: bool = False) -> None:
        super().__init__(f"{code}: {reason}")
        self.code, self.reason, self.begun = code, reason, begun


# codes of Trouble
BAD_URL, MISSING, DENIED, BUSY, UNREACHABLE, CLOSED, TIMEOUT, NOT_ALLOWED, FAILED = (
    "bad_url",
    "missing",
    "denied",
    "busy",
    "unreachable",
    "closed",
    "timeout",
    "not_allowed",
    "failed",
)


@dataclass(frozen=True)
class Host:
    """What drivers may use of the machine they run on."""

    allow_pty: bool = False
    scripts: Path | None = None


class Endpoint:
    """An open endpoint: non-blocking `fd`, both ways. Subclasses change what is special about theirs."""

    can = Abilities()
    piece = 256 * 1024  # the most to read at once: less where each byte takes time to understand
    rest = 0.020  # seconds that may pass between two reads while it prints

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.reply: Callable[[bytes], None] = lambda data: (
            None
        )  # set by the line: what the protocol itself answers

    def decoded(self, data: bytes) -> bytes:
        """What of the bytes read the guest printed."""
        return data

    def encoded(self, data: bytes) -> bytes:
        """The bytes to write so that `data` reaches the guest."""
        return data

    async def send_break(self, seconds: float) -> None:
        raise NotImplementedError

    async def hang_up(self) -> None:
        """Drops the modem line for a moment."""
        raise NotImplementedError

    def resize(self, rows: int, columns: int) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError
