"""SysRq keys for a line, on behalf of a job. In: a line, letters, the pause between them. Out: how many it has, one by one, or a refusal.

It ends with the link of whoever asked: a sequence that is called off stops between two keys.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any

from consoles.drivers.base import Trouble
from consoles.hub.line import Line
from consoles.wire import Op

LETTERS = re.compile(r"[A-Za-z0-9]{1,20}", re.ASCII)
LONGEST_PAUSE_MS = 10_000

Say = Callable[[Op, dict[str, Any]], None]


def keys(asked: dict[str, Any]) -> tuple[bytes, float]:
    """The letters and the pause in seconds. Raises ValueError."""
    letters, pause_ms = str(asked["letters"]), int(asked["pause_ms"])
    if not LETTERS.fullmatch(letters) or not 0 <= pause_ms <= LONGEST_PAUSE_MS:
        raise ValueError("no keys of SysRq")
    return letters.encode(), pause_ms / 1000


async def press(line: Line, letters: bytes, pause: float, say: Say) -> None:
    """The same letter twice is two keys; the pause is between, not after."""
    for number in range(len(letters)):
        if number:
            await asyncio.sleep(pause)
        try:
            await line.press_sysrq(letters[number : number + 1])
        except Trouble as trouble:
            say(Op.REFUSED, {"code": trouble.code, "reason": trouble.reason, "sent": number})
            return
        say(Op.REPORT, {"sent": number + 1})
