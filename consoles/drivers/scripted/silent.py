"""A machine that says nothing: its getty and its boot loader do not use the serial line. Out: nothing, whatever is typed."""

from consoles.drivers.scripted.guest import Guest


class Silent(Guest):
    async def run(self) -> None:
        await self.idle()
