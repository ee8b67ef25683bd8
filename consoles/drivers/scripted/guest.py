"""A pretended machine. In: what is typed and what happens to it. Out: what it prints, at its own pace."""

from collections.abc import Iterable

from consoles.drivers.scripted.options import LINE_RATE, Options
from consoles.drivers.scripted.port import Port

PASSWORD = "homeport"  # noqa: S105 - of everybody, on machines that are only pretended


class Guest:
    RATE = LINE_RATE  # bytes a second at speed 1

    @classmethod
    def rate_of(cls, options: Options) -> float:
        return cls.RATE * options.speed if options.rate is None else options.rate

    def __init__(self, port: Port, options: Options) -> None:
        self.port, self.options = port, options
        self.name = options.name

    async def run(self) -> None:
        raise NotImplementedError

    def on_break(self) -> None:
        """A break is noise to whoever does not listen for it."""

    def on_hang_up(self) -> None:
        """So is the loss of the carrier."""

    def on_reset(self) -> None:
        """Of the machine, not of what runs on it."""

    def on_nmi(self) -> None:
        """Most take no notice."""

    async def print(self, text: str) -> None:
        await self.port.send(text.replace("\n", "\r\n").encode())

    async def print_lines(self, lines: Iterable[str], seconds: float) -> None:
        """At a steady pace."""
        for line in lines:
            await self.pause(seconds)
            await self.print(f"{line}\n")

    async def pause(self, seconds: float) -> None:
        if self.options.speed and seconds:
            await self.port.pause(seconds / self.options.speed)

    async def idle(self) -> None:
        """For ever; what is typed is lost."""
        while True:
            await self.port.data()
