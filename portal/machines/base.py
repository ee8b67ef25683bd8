"""What can be asked of a machine, whatever it runs on. In: acts. Out: done, events, or a Failed with a code and the other side's own words.

A driver is a Machine for one kind of URL. It knows no Django: jobs and the follower of a host's machines call it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Can(StrEnum):
    """What a machine can do; pages offer nothing else."""

    POWER = "power"  # start, shut down, power off, reset
    DEALLOCATE = "deallocate"  # give back what a stopped machine still holds
    REDEPLOY = "redeploy"
    NMI = "nmi"
    KEYS = "keys"  # press keys of a keyboard: Ctrl-Alt-Del, Alt-SysRq
    SCREEN = "screen"
    AGENT = "agent"


class State(StrEnum):
    """What a machine was seen to be; the words of `PowerState`, of which it knows more."""

    RUNNING = "running"
    STOPPED = "stopped"
    DEALLOCATED = "deallocated"
    UNKNOWN = "unknown"


class Seen(StrEnum):
    """What an event tells."""

    STATE = "state"
    RESET = "reset"
    PANIC = "panic"


@dataclass(frozen=True)
class Event:
    kind: Seen
    state: State | None = None
    text: str = ""


# codes of Failed
GONE, REFUSED, SILENT, CANNOT, AGENT_SILENT, BAD_SPEC, DIED, BUSY = (
    "machine_gone",  # nothing answers where the machine should be
    "machine_refused",  # it answered, and said no
    "machine_silent",  # it took the request and never answered
    "machine_cannot",  # machines of this kind do not do that
    "agent_silent",
    "bad_specification",
    "machine_died",
    "machine_busy",
)


class Failed(Exception):
    """`code` is for pages to translate, `reason` the driver's or the operating system's own words."""

    def __init__(self, code: str, reason: str = "") -> None:
        super().__init__(f"{code}: {reason}" if reason else code)
        self.code, self.reason = code, reason


@dataclass(frozen=True)
class Ran:
    """What a command in the guest did; output is cut at the driver's bound."""

    status: int | None
    out: bytes = b""
    err: bytes = b""
    cut: bool = False


@dataclass(frozen=True)
class Facts:
    """What the guest's agent says of it."""

    os_name: str = ""
    kernel: str = ""
    host_name: str = ""
    addresses: tuple[tuple[str, str], ...] = field(default=())  # (interface, address)


class Agent:
    """A guest's agent. Each call is bounded in time and bytes, and ends in `AGENT_SILENT` when nobody answers."""

    async def ping(self) -> None:
        raise Failed(CANNOT)

    async def facts(self) -> Facts:
        raise Failed(CANNOT)

    async def run(
        self, path: str, arguments: Sequence[str], *, stdin: bytes = b"", seconds: float = 30
    ) -> Ran:
        raise Failed(CANNOT)

    async def set_password(self, user: str, password: str) -> None:
        raise Failed(CANNOT)

    async def add_keys(self, user: str, keys: Sequence[str], *, replace: bool = False) -> None:
        raise Failed(CANNOT)

    async def hang_up(self, tty: str) -> int:
        """SIGHUP to every process of the sessions on that terminal, but not to what only waits for a login. How many it reached."""
        raise Failed(CANNOT)


class Machine:
    """One machine. Each call opens what it needs and leaves nothing open; `events` lasts until the other side is gone."""

    can: frozenset[Can] = frozenset()

    async def state(self) -> State:
        return State.UNKNOWN

    async def prepare(self) -> None:
        """What must be there before the line can be held: a stopped machine's process, its sockets. Nothing runs yet."""

    async def start(self) -> None:
        """Runs it from its first instruction, once the hub holds its line or has had three seconds for it."""
        raise Failed(CANNOT)

    async def shut_down(self) -> None:
        """Asks the guest, and returns at once: whether it obeys is seen in `state`."""
        raise Failed(CANNOT)

    async def power_off(self) -> None:
        raise Failed(CANNOT)

    async def reset(self) -> None:
        raise Failed(CANNOT)

    async def deallocate(self) -> None:
        """Off, and nothing of it left on the host but its disks and its log."""
        raise Failed(CANNOT)

    async def redeploy(self) -> None:
        """Off, everything temporary made anew, and prepared again; the caller starts it."""
        raise Failed(CANNOT)

    async def interrupt(self) -> None:
        """A non-maskable interrupt."""
        raise Failed(CANNOT)

    async def press(self, keys: Sequence[str]) -> None:
        """Keys of a keyboard, held together, by QEMU's names: ctrl alt delete sysrq a … z f1 …"""
        raise Failed(CANNOT)

    async def screenshot(self) -> bytes:
        """A PNG, at most 4 MiB."""
        raise Failed(CANNOT)

    def agent(self) -> Agent:
        raise Failed(CANNOT)

    async def events(self) -> AsyncIterator[Event]:
        """Begins with the state; ends in Failed(GONE) when the machine's host or process is gone."""
        raise Failed(CANNOT)
        yield Event(Seen.STATE)
