"""The hub's door for consumers. In: connections over a unix socket or TLS, each one viewer. Out: their frames, done to their line.

ATTACH says who views which line, from where on and whether they may write; the consumer has asked the gate before it says so.
"""

import asyncio
import os
import struct
from pathlib import Path
from typing import Any, Protocol

from consoles.hub import forgetting, reading_log, sysrq
from consoles.hub.attaching import near, passed_over, welcome, where
from consoles.hub.line import Line
from consoles.hub.spec import Listening
from consoles.hub.tls import server_context
from consoles.hub.viewer import Viewer
from consoles.wire import HEADER, KIB, MAX_FRAME, SIZE, U16, U64, Op, frame, packed, unpacked

HANDSHAKE = 5.0
BUFFERED = 64 * KIB
MOST_UNREAD = 1024 * KIB
LONGEST_BREAK_MS = 3000


class Lines(Protocol):
    def line(self, line_id: str) -> Line | None: ...
    def held(self, line_id: str) -> Line | None: ...
    def report(self) -> dict[str, Any]: ...
    @property
    def spool(self) -> Path: ...


class Server:
    def __init__(self, listening: Listening, hub: Lines, loop: asyncio.AbstractEventLoop) -> None:
        self._listening, self._hub, self._loop = listening, hub, loop
        self._server: asyncio.Server | None = None
        self._connections: set[Connection] = set()

    async def start(self) -> None:
        if self._listening.path is not None:
            self._server = await self._on_socket(self._listening.path)
        else:
            context = server_context(self._listening)
            where = self._listening
            self._server = await self._loop.create_server(
                self._connection, where.host, where.port, ssl=context, ssl_handshake_timeout=HANDSHAKE
            )

    async def _on_socket(self, path: Path) -> asyncio.Server:
        """Made under a narrow umask: nobody else may connect, not even before the mode is set."""
        path.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            return await self._loop.create_unix_server(self._connection, str(path))
        finally:
            os.umask(before)

    def _connection(self) -> "Connection":
        return Connection(self._hub, self._loop, self._connections)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            if connection.viewer is None:
                connection.close()


class Connection(asyncio.Protocol):
    def __init__(self, hub: Lines, loop: asyncio.AbstractEventLoop, others: "set[Connection]") -> None:
        self._hub, self._loop, self._others = hub, loop, others
        self._buffer = bytearray()
        self._late: asyncio.TimerHandle | None = None
        self.line: Line | None = None
        self.viewer: Viewer | None = None
        self._pressing: asyncio.Task[None] | None = None
        self.ready = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        transport.set_write_buffer_limits(high=BUFFERED, low=BUFFERED // 4)
        self._late = self._loop.call_later(HANDSHAKE, self.close)
        self._others.add(self)

    def write(self, data: bytes) -> None:
        """Output waits for room by itself; who takes nothing else either is let go of."""
        if self._transport.is_closing():
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > MOST_UNREAD:
            self._transport.abort()

    def close(self) -> None:
        self._transport.close()

    def pause_writing(self) -> None:
        self.ready = False

    def resume_writing(self) -> None:
        self.ready = True
        if self.viewer is not None:
            self.viewer.catch_up()

    def connection_lost(self, error: Exception | None) -> None:
        self._others.discard(self)
        if self._late is not None:
            self._late.cancel()
        if self._pressing is not None:
            self._pressing.cancel()
        self._leave(on_purpose=False)

    def _leave(self, *, on_purpose: bool) -> None:
        if self.line is not None and self.viewer is not None:
            self.line.audience.remove(self.viewer, on_purpose=on_purpose)
            self.viewer.close()

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        start = 0
        while len(buffer) - start >= HEADER.size:
            length, op = HEADER.unpack_from(buffer, start)
            if not 1 <= length <= MAX_FRAME:
                self._refuse("bad_request")
                return
            end = start + 4 + length
            if len(buffer) < end:
                break
            self._said(op, bytes(buffer[start + HEADER.size : end]))
            start = end
        del buffer[:start]

    def _said(self, op: int, payload: bytes) -> None:
        try:
            if self.viewer is not None and self.line is not None:
                self._do(self.line, self.viewer, op, payload)
            elif op == Op.ATTACH:
                self._attach(unpacked(payload))
            elif op == Op.STATUS:
                self._say(Op.REPORT, self._hub.report())
            elif op == Op.LOG:
                self.write(reading_log.answer(self._hub.spool, unpacked(payload)))
            elif op == Op.FORGET:
                self._forget(unpacked(payload))
            elif op == Op.SYSRQ and self._pressing is None:
                self._press(unpacked(payload))
            else:
                self._refuse("bad_request")
        except (ValueError, KeyError, TypeError, struct.error, RecursionError):
            self._refuse("bad_request")

    def _say(self, op: Op, value: dict[str, Any]) -> None:
        self.write(frame(op, packed(value)))

    def _refuse(self, code: str) -> None:
        self._say(Op.REFUSED, {"code": code})
        self.close()

    def _line(self, asked: dict[str, Any]) -> Line | None:
        """Whoever asks for a line that there is may stay."""
        line = self._hub.line(str(asked["line"]))
        if line is None:
            self._refuse("no_line")
        elif self._late is not None:
            self._late.cancel()
        return line

    def _forget(self, asked: dict[str, Any]) -> None:
        self._say(*forgetting.forget(self._hub.held(asked["line"]), self._hub.spool, asked))
        self.close()

    def _press(self, asked: dict[str, Any]) -> None:
        letters, pause = sysrq.keys(asked)
        line = self._line(asked)
        if line is not None:
            self._pressing = self._loop.create_task(sysrq.press(line, letters, pause, self._say))
            self._pressing.add_done_callback(lambda _: self.close())

    def _attach(self, asked: dict[str, Any]) -> None:
        line = self._line(asked)
        if line is None:
            return
        viewer = Viewer(self, line.recording, asked, self._loop)
        began = where(line, asked)
        viewer.starts(began if asked.get("far") is True else near(line, began))
        self.line, self.viewer = line, viewer
        line.audience.add(viewer, wants_to_write=asked.get("mode") == "write")
        viewer.say(Op.ATTACHED, welcome(line, viewer))
        line.audience.announce()
        passed_over(viewer, began)
        viewer.catch_up()

    def _do(self, line: Line, viewer: Viewer, op: int, payload: bytes) -> None:
        if op == Op.KEYS:
            line.typed(viewer, payload)
            if line.sending is not None and line.sending.full:
                self._refuse("bad_request")
        elif op == Op.ACK:
            viewer.drew(U64.unpack(payload)[0])
        elif op == Op.PING:
            self.write(frame(Op.PONG, payload[:4]))
        elif op == Op.BREAK:
            line.send_break(viewer, min(U16.unpack(payload)[0], LONGEST_BREAK_MS) / 1000)
        elif op == Op.RESIZE:
            line.resize(viewer, *SIZE.unpack(payload))
        elif op == Op.DETACH:
            self._leave(on_purpose=True)
        else:
            self._hand_around(line, viewer, op, payload)

    def _hand_around(self, line: Line, viewer: Viewer, op: int, payload: bytes) -> None:
        if op == Op.TAKE:
            line.audience.take(viewer, unpacked(payload)["from"])
        elif op == Op.RELEASE:
            line.audience.release(viewer)
        elif op == Op.HAND:
            line.audience.hand(viewer, str(unpacked(payload)["to"]))
        elif op == Op.ASK:
            line.audience.ask(viewer)
