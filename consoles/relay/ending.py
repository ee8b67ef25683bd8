"""Why a console ended. In: whatever ended it. Out: the number its socket closes with, and the word its session keeps."""

from consoles.wire import Close


class Ended(Exception):
    """Without `close` the browser is gone already."""

    def __init__(self, close: Close | None, word: str = "", reason: str = "") -> None:
        self.close, self.word = close, word or (close.name.lower() if close else "")
        self.reason = reason or self.word
        super().__init__(self.word)

    @property
    def for_good(self) -> bool:
        """Nobody is expected back in a moment, so the keyboard is not held for them."""
        return self.word not in ("dropped", "restarting", "replaced")
