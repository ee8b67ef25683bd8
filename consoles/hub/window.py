"""How much a viewer may be sent that its terminal has not drawn. In: what was sent, what was drawn, the time. Out: whether there is room.

As much as it draws in a moment, within bounds: what waits between hub and screen is what Ctrl-C cannot take back.
"""

from consoles.wire import KIB, WINDOW

LEAST = 32 * KIB
AHEAD = 0.06  # seconds
LONG_ENOUGH = 0.05  # to tell a speed


class Window:
    def __init__(self) -> None:
        self.sent = self.drawn = self._live = 0
        self.size = LEAST  # doubled for whoever keeps up
        self._full_since: float | None = None
        self._drawn_then = 0

    def starts(self, offset: int, live: int) -> None:
        """What was printed before the attach comes at once: nobody can interrupt it any more."""
        self.sent = self.drawn = offset
        self._live = live

    @property
    def limit(self) -> int:
        return WINDOW if self.sent < self._live else self.size

    @property
    def room(self) -> bool:
        return self.sent - self.drawn <= self.limit

    def send(self, offset: int, now: float) -> None:
        """Everything before the offset is on its way."""
        self.sent = offset
        if self._full_since is None and not self.room:
            self._full_since, self._drawn_then = now, self.drawn

    def jump(self, offset: int) -> None:
        """What is passed over needs no drawing."""
        self.drawn += offset - self.sent
        self.sent = offset
        self._full_since = None

    def draw(self, offset: int, now: float) -> None:
        """A viewer that says it has drawn what it was never sent is believed up to what it was."""
        self.drawn = max(self.drawn, min(offset, self.sent))
        if self._full_since is None:
            return
        elapsed = now - self._full_since
        if elapsed >= LONG_ENOUGH:
            speed = (self.drawn - self._drawn_then) / elapsed
            self.size = int(min(max(speed * AHEAD, LEAST), WINDOW))
            self._full_since, self._drawn_then = now, self.drawn
        elif self.room:
            self.size = min(2 * self.size, WINDOW)
        if self.room:
            self._full_since = None
