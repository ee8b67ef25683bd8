"""What the supervisor reads from the environment, and the addresses that follow from it."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.run.errors import CannotStartError

ROOT = Path(__file__).resolve().parents[2]
FALSE = {"0", "false", "no", "off", ""}


@dataclass(frozen=True, kw_only=True)
class Options:
    var: Path
    bind: str = "127.0.0.1"
    http_port: int = 8000
    https_port: int = 8443
    tls_names: tuple[str, ...] = ()
    own_redis: bool = True
    demo: bool = True
    machine_host: str = "local"
    machine_workers: int = 3

    @property
    def host(self) -> str:
        """The name that a browser on this machine uses."""
        address = ipaddress.ip_address(self.bind)
        if address.is_loopback or address.is_unspecified:
            return "localhost"
        return f"[{self.bind}]" if address.version == 6 else self.bind

    @property
    def reached_at(self) -> str:
        """The address to connect to from this machine."""
        address = ipaddress.ip_address(self.bind)
        loopback = "::1" if address.version == 6 else "127.0.0.1"
        return loopback if address.is_unspecified else self.bind

    @property
    def http(self) -> str:
        return f"http://{self.host}:{self.http_port}" if self.http_port else ""

    @property
    def https(self) -> str:
        return f"https://{self.host}:{self.https_port}" if self.https_port else ""


def from_environment(environ: Mapping[str, str]) -> Options:
    options = Options(
        var=Path(os.path.abspath(environ.get("HOMEPORT_VAR") or ROOT / "var")),
        bind=_address(environ.get("HOMEPORT_BIND") or "127.0.0.1"),
        http_port=_port("HOMEPORT_HTTP_PORT", environ.get("HOMEPORT_HTTP_PORT") or "8000"),
        https_port=_port("HOMEPORT_HTTPS_PORT", environ.get("HOMEPORT_HTTPS_PORT") or "8443"),
        tls_names=tuple(environ.get("HOMEPORT_TLS_NAMES", "").replace(",", " ").split()),
        own_redis=not environ.get("REDIS_URL"),
        demo=_demo(environ),
        machine_host=environ.get("HOMEPORT_HUB_HOST") or "local",
        machine_workers=_workers(environ.get("HOMEPORT_MACHINE_WORKERS") or "3"),
    )
    if options.http_port == options.https_port:
        raise CannotStartError(
            "HOMEPORT_HTTP_PORT and HOMEPORT_HTTPS_PORT are the same: give each its own port, or 0 to one."
        )
    return options


def _demo(environ: Mapping[str, str]) -> bool:
    production = environ.get("HOMEPORT_PRODUCTION", "").strip().lower() not in FALSE
    return environ.get("DEMO", "0" if production else "1").strip().lower() not in FALSE


def _port(name: str, raw: str) -> int:
    if raw.strip().isdigit() and int(raw) <= 65535:
        return int(raw)
    raise CannotStartError(f"{name} is {raw!r}: give a number from 1 to 65535, or 0 to turn it off.")


def _workers(raw: str) -> int:
    if raw.strip().isdigit() and 1 <= int(raw) <= 100:
        return int(raw)
    raise CannotStartError(f"HOMEPORT_MACHINE_WORKERS is {raw!r}: give a number from 1 to 100.")


def _address(raw: str) -> str:
    try:
        return str(ipaddress.ip_address(raw.strip()))
    except ValueError as error:
        raise CannotStartError(
            f"HOMEPORT_BIND is {raw!r}: give an IP address of this machine, such as 127.0.0.1."
        ) from error
