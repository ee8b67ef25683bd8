"""One span of time for all that is said to somebody else's server. In: seconds, connections. Out: who is not done by then is hung up on.

Neither a read nor a write has to know: a timeout of theirs begins anew with each byte.
"""

import socket
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Self


class Deadline:
    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._wires: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._hang_up)

    @property
    def left(self) -> float:
        return max(self._until - time.monotonic(), 0.0)

    @property
    def is_over(self) -> bool:
        return not self.left

    def watch(self, connection: socket.socket) -> None:
        """By a handle of our own: TLS takes the other one over, and who has an answer's head may close it."""
        self._wires.append(connection.dup())
        if self.is_over:
            self._hang_up()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        for wire in self._wires:
            wire.close()

    def _hang_up(self) -> None:
        for wire in self._wires:
            with suppress(OSError):
                wire.shutdown(socket.SHUT_RDWR)
