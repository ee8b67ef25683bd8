"""What is said between browser, consumer and hub: an opcode byte, then a payload. `static/js/console/wire.js` holds the same table.

In: frames as bytes. Out: opcodes, payloads, and the numbers with which sockets close. Standard library only: the hub reads it too.
"""

import json
from enum import IntEnum
from struct import Struct
from typing import Any

U16, U64 = Struct("!H"), Struct("!Q")
OFFSETS = Struct("!QQ")
SIZE = Struct("!HH")


class Op(IntEnum):
    """Below 0x40 a browser may say it, below 0x80 only the consumer, from 0x80 on it is said to the viewer."""

    KEYS = 0x01  # bytes for the guest; dropped unless the hub has said that this viewer is the writer
    ACK = 0x02  # u64: the terminal has drawn everything before this offset
    BREAK = 0x03  # u16: milliseconds; answered by one NOTICE: break, no_break, unknown_break or refused_break
    TAKE = 0x04  # json {"from": viewer id or null}: take the keyboard from whom I saw have it
    RELEASE = 0x05  # go on as a watcher
    HAND = 0x06  # json {"to": viewer id}
    ASK = 0x07  # ask the writer for the keyboard
    PING = 0x08  # u32: comes back in PONG; the consumer's own is one byte, the opcode whose end it waits for
    RESIZE = 0x09  # u16 rows, u16 columns, where the line can carry a size
    STAY = 0x0A  # I am still here: the idle clock starts anew

    ATTACH = 0x40  # json, see hub/attaching.py
    STATUS = 0x41  # what the hub's lines are doing
    DETACH = 0x42  # leaves on purpose: the keyboard is free at once
    SYSRQ = (
        0x43  # json {"line", "letters", "pause_ms"}, by a job on a link of its own: a break and a letter each
    )
    FORGET = 0x44  # json {"line", "before"}, by a job on a link of its own: what the line printed before it leaves the disk
    LOG = 0x45  # json {"line", "want": "bytes" | "times" | "after" | "ends", …}, by whoever reads a log

    OUTPUT = 0x81  # u64 offset of the first byte, then bytes
    GAP = 0x82  # u64 from, u64 to: these bytes left the circular window, or were never recorded
    SKIP = 0x83  # u64 from, u64 to: passed over to come to the present; the log has them
    ATTACHED = 0x84  # json: who you are here, what the line can do, where output starts
    PRESENCE = 0x85  # json: everybody attached
    LINE = 0x86  # json: state of the line
    NOTICE = 0x87  # json: the keyboard changed hands, somebody asks for it
    PONG = 0x88  # u32
    TAKEN = 0x89  # u64: how many of this viewer's bytes the line has taken
    REFUSED = 0x8A  # json {"code": …}; the connection ends
    HUB = 0x8B  # json {"up": bool, "next_ms": …}, said by the consumer
    WARNING = 0x8C  # json {"kind": "idle" | "longest", "seconds": n}, said by the consumer
    REPORT = 0x8D  # json: the answer to STATUS; after each key of SYSRQ, how many were sent


FROM_BROWSER = frozenset(op for op in Op if op < Op.ATTACH)


class Close(IntEnum):
    """Codes of our own: why a socket was closed. The page asks for the sentence (`…/console/state/`)."""

    BAD_FRAME = 4400
    SIGNED_OUT = 4401
    REFUSED = 4403
    NOT_FOUND = 4404
    IDLE = 4408
    LONGEST = 4409
    GONE = 4410
    REVOKED = 4411
    SWITCHED_OFF = 4412
    MACHINE_OFF = 4413
    TOO_MANY = 4429
    ENDED = 4430
    RESTARTING = 4503


KIB = 1024
MAX_KEYS = 16 * KIB  # one frame of a browser's
PIECE = 64 * KIB  # output in one frame
MAX_FRAME = PIECE + KIB  # one frame of the hub's
WINDOW = 256 * KIB  # sent to a browser and not drawn yet

HEADER = Struct("!IB")
FRAME_OUTPUT = Struct("!IBQ")


def frame(op: Op, payload: bytes = b"") -> bytes:
    """For the hub's stream, where frames carry their length."""
    return HEADER.pack(len(payload) + 1, op) + payload


def message(op: Op, payload: bytes = b"") -> bytes:
    """For a browser's socket, whose messages have a length already."""
    return bytes((op,)) + payload


def packed(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def unpacked(payload: bytes) -> dict[str, Any]:
    """Raises ValueError for anything that is not a JSON object."""
    value = json.loads(payload)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
