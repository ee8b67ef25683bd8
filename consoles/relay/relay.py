"""One attached console. In: frames of a browser's socket and of the hub's. Out: each on the other side; and one reason why it ended.

Bytes pass through two loops that do nothing else; rights, times and audit have tasks beside them.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from consoles.admission.answers import Admitted
from consoles.hub.client import HubGone, Link
from consoles.relay.clock import Clock
from consoles.relay.ending import Ended
from consoles.relay.flow import Flow
from consoles.relay.frames import BadFrame, Pace, said
from consoles.relay.noting import Noting
from consoles.relay.reaching import attach, next_wait
from consoles.relay.seat import MOVES, Seat
from consoles.relay.together import until_one_ends
from consoles.relay.watching import Watching
from consoles.services import WATCH, WRITE, Counts
from consoles.wire import KIB, Close, Op, packed, unpacked

Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MOST_WAITING = 1024 * KIB
ON_PURPOSE = (1000, 1001)
SETTLED = 2.0  # seconds for the hub to say what became of the keyboard, once the browser has left
DROPPED = {Op.KEYS: "read_only", Op.BREAK: "refused_break"}
SIGN_OF_LIFE = frozenset({Op.KEYS, Op.BREAK, Op.STAY})


class Away(Exception):
    """The hub is there and does not hold the line, or not any more."""


class Relay:
    def __init__(self, admitted: Admitted, receive: Receive, send: Send) -> None:
        self.admitted, self.receive, self.send = admitted, receive, send
        self.flow = Flow()
        self.seat = Seat(admitted.session.id.hex)
        times = admitted.times
        writes = admitted.mode == WRITE
        self.clock = Clock(time.monotonic(), idle=times.idle, longest=times.longest, writes=writes)
        self.watching = Watching(self)
        self.link: Link | None = None
        self.bytes_in = 0
        self._pace = Pace()
        self.noting = Noting(admitted)
        self._wants_to_write = writes
        self._away_for = 0.0

    @property
    def mode(self) -> str:
        return WRITE if self.seat.writes else WATCH

    @property
    def counts(self) -> Counts:
        flow = self.flow
        return Counts(self.bytes_in, flow.bytes_out, flow.first, flow.next, flow.live)

    async def run(self) -> Ended:
        """Ends by itself with the reason; cancelled, it leaves no task behind either."""
        try:
            await until_one_ends(
                self._from_browser(), self._from_hub(), self.watching.run(), self.watching.listen()
            )
        except Ended as ended:
            return ended
        return Ended(None, "failed")

    async def say(self, op: int, payload: bytes) -> None:
        """Where the browser has gone, `_from_browser` is about to hear how."""
        with contextlib.suppress(OSError):
            await self.send({"type": "websocket.send", "bytes": bytes((op,)) + payload})

    async def _from_browser(self) -> None:
        while True:
            message = await self.receive()
            if message["type"] == "websocket.disconnect":
                raise Ended(None, "left" if message.get("code") in ON_PURPOSE else "dropped")
            now = time.monotonic()
            try:
                self._pace.came(now)
                op, payload = said(message)
            except BadFrame as error:
                raise Ended(Close.BAD_FRAME, "bad_frame") from error
            if op == Op.ACK:
                if self.link is not None:
                    self.link.send(Op.ACK, payload)
                continue
            if op in SIGN_OF_LIFE:
                self.clock.touch(now)
            typed = op == Op.KEYS and self.seat.types
            if op != Op.STAY and (typed or self._pace.allows(op)):
                await self._pass_on(op, payload)

    async def _pass_on(self, op: int, payload: bytes) -> None:
        """What is typed while the hub is away is typed to nobody: the page says so."""
        link = self.link
        if link is None:
            if op == Op.PING:
                await self.say(Op.PONG, payload)
            return
        if op in DROPPED and not self.seat.types:
            told = {"kind": DROPPED[Op(op)], "by": None, "at_ms": int(1000 * time.time())}
            await self.say(Op.NOTICE, packed(told))
            return
        link.send(Op(op), payload)
        if op == Op.KEYS:
            self.bytes_in += len(payload)
            if link.waiting > MOST_WAITING:
                raise Ended(Close.BAD_FRAME, "bad_frame")
        elif op == Op.BREAK:
            self.noting.passed_on_break()
        elif op in MOVES:
            self.seat.asked(op)
            link.send(Op.PING, bytes((op,)))  # its answer is behind those to all before it

    async def _from_hub(self) -> None:
        while True:
            try:
                await self._attached()
            except HubGone:
                await self._wait("no_hub")
            except Away as away:
                self.watching.doubt()
                await self._wait(str(away))

    async def _wait(self, code: str) -> None:
        self._let_go()
        self._away_for = next_wait(self._away_for)
        next_ms = int(1000 * (time.time() + self._away_for))
        await self.say(Op.HUB, packed({"up": False, "next_ms": next_ms, "code": code}))
        await asyncio.sleep(self._away_for)

    async def _attached(self) -> None:
        """Passes on what the hub says until it is gone."""
        admitted, flow = self.admitted, self.flow
        self.link = link = await attach(admitted.host, **self._request())
        while True:
            op, payload = await link.next()
            if op == Op.OUTPUT:
                flow.sent(op, payload)
                await self.say(op, payload)
            else:
                await self._heard(op, payload)

    def _request(self) -> dict[str, object]:
        admitted, asked = self.admitted, self.admitted.asked
        offset = self.flow.next
        return {
            "line": str(admitted.session.line_id),
            "viewer": self.seat.viewer,
            "page": asked.page,
            "person": str(admitted.principal.id),
            "name": admitted.principal.name,
            "address": admitted.principal.address,
            "via": asked.via,
            "mode": WRITE if self._wants_to_write else WATCH,
            "may_write": admitted.may_write,
            "from": asked.from_offset if offset is None else offset,
            "far": admitted.far or offset is not None,
            "tail": asked.tail,
        }

    async def _heard(self, op: int, payload: bytes) -> None:
        if op == Op.REFUSED:
            await self._refused(payload)
        elif op == Op.ATTACHED:
            await self._welcomed(unpacked(payload))
        if self._kept(op, payload):
            self.flow.sent(op, payload)
            await self.say(op, payload)

    def _kept(self, op: int, payload: bytes) -> bool:
        """What belongs in the records; False for what only the web has asked."""
        if op == Op.PRESENCE:
            self._present(payload)
        elif op == Op.NOTICE:
            self._noticed(unpacked(payload))
        elif op == Op.PONG and len(payload) == 1:
            self.seat.answered(payload[0])
            return False
        return True

    async def _welcomed(self, told: dict[str, Any]) -> None:
        if self._away_for:
            self._away_for = 0.0
            await self.say(Op.HUB, packed({"up": True}))
        if self.flow.first is None:
            self.watching.see()  # what it was shown is kept before anything can go wrong
        self.flow.starts(told["from"], told["live"])
        self.seat.attached(told)
        self._wrote()

    async def _refused(self, payload: bytes) -> None:
        code = unpacked(payload)["code"]
        if code == "replaced":
            await self.say(Op.REFUSED, payload)
            raise Ended(Close.ENDED, "replaced")
        if code == "bad_request":
            raise Ended(Close.BAD_FRAME, "bad_frame")
        raise Away(code)

    def _present(self, payload: bytes) -> None:
        came = self.seat.present(payload)
        self._wrote()
        if came is not None:
            self.noting.came(came)

    def _noticed(self, told: dict[str, Any]) -> None:
        self.seat.noticed(told["kind"])
        self.noting.noticed(told["kind"], told["at_ms"])

    def _wrote(self) -> None:
        """After a hub was away, whoever wrote asks for the keyboard again, and nobody else does."""
        self._wants_to_write = self.seat.writes
        if self.clock.wrote(self.seat.writes, time.monotonic()):
            self.watching.look_at_the_clock()

    def _let_go(self, *, on_purpose: bool = False) -> None:
        link, self.link = self.link, None
        self.noting.lost_hub()
        came = self.seat.lost_hub()
        if came is not None and self.admitted.may_write:
            self.noting.came(came)
        if link is not None:
            if on_purpose:
                link.send(Op.DETACH)
            link.close()

    async def close(self, *, for_good: bool) -> None:
        """For good, the keyboard is free at once; else the hub holds it for a moment."""
        with contextlib.suppress(HubGone, TimeoutError):
            async with asyncio.timeout(SETTLED):
                while self.link is not None and self.seat.waits:
                    self._kept(*await self.link.next())
        self._let_go(on_purpose=for_good)
