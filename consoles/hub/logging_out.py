"""Logs the guest out when the last writer has left. In: what the machine wants. Out: a hang-up, or the string typed for it."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from consoles.drivers.base import Endpoint
from consoles.hub.spec import LineSpec

ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "e": "\x1b", "\\": "\\"}
WRITTEN = re.compile(r"\\([nrte\\])|\^([@-_])")


def log_out(
    spec: LineSpec,
    endpoint: Endpoint,
    put: Callable[[bytes], None],
    act: Callable[[Coroutine[Any, Any, None]], None],
) -> bool:
    """Whether anything was done, or is to be done by who is told: only the guest's agent can end a login for good."""
    if spec.log_out == "string" and spec.logout_string:
        put(as_typed(spec.logout_string))
        return True
    if spec.log_out == "modem" and endpoint.can.modem:
        act(endpoint.hang_up())
        return True
    return spec.log_out == "agent"


def as_typed(written: str) -> bytes:
    r"""`^D` is Control-D; `\n`, `\r`, `\t`, `\e` and `\\` are what they are elsewhere."""

    def one(found: re.Match[str]) -> str:
        return ESCAPES[found[1]] if found[1] else chr(ord(found[2]) - 64)

    return WRITTEN.sub(one, written).encode()
