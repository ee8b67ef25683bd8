"""What the hub is told: which lines it shall hold, and how it is reached. In: settings and rows, read by the command. Out: plain values."""

from dataclasses import dataclass, field
from pathlib import Path

from consoles.drivers.base import Host


@dataclass(frozen=True)
class LineSpec:
    """`id` is the port's own, for ever: its log is found by it. `log_out` is what happens when the last writer leaves."""

    id: str
    url: str
    name: str
    limit: int
    log_out: str = "none"
    logout_string: str = ""


@dataclass(frozen=True)
class Listening:
    """A unix socket, or TLS with certificates of one authority on both sides."""

    path: Path | None = None
    host: str = ""
    port: int = 0
    authority: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def address(self) -> str:
        return f"unix://{self.path}" if self.path else f"tls://{self.host}:{self.port}"


@dataclass(frozen=True)
class HubSettings:
    host: str
    spool: Path
    listening: Listening
    drivers: Host = field(default_factory=Host)
    redis_url: str = ""
    opening_at_once: int = 32
