"""A Windows server's serial line. In: characters. Out: SAC, or with `sac=off` a health report and no prompt."""

import json
from datetime import UTC, datetime

from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.happenings import PowerOff, Reset
from consoles.drivers.scripted.windows import texts
from consoles.drivers.scripted.windows.sac import PROMPT, Sac

MARK = "VM Health Report - "


class Windows(Guest):
    async def run(self) -> None:
        while True:
            try:
                await self._on()
            except Reset:
                await self.pause(3)
                continue
            except PowerOff:
                await self.idle()

    def on_reset(self) -> None:
        self.port.happens(Reset())

    def on_nmi(self) -> None:
        """A server is set up to stop at it, and to start again."""
        self.port.put(texts.BUGCHECK.replace("\n", "\r\n").encode())
        self.port.happens(Reset())

    async def _on(self) -> None:
        await self.print("\x1b[2J\x1b[1;1H")
        await self.pause(4)
        await self.print(self._health())
        if self.options.sac == "off":
            await self.idle()
        await self.print(texts.STARTED)
        await self.print(PROMPT)
        await self.pause(3)
        self.port.drop_typed()
        await self.print(f"{texts.CMD_READY}{PROMPT}")
        await self._administered(Sac(self.name))

    async def _administered(self, sac: Sac) -> None:
        while not sac.wants:
            await self.print(sac.feed(await self.port.char()))
        if sac.wants == "restart":
            raise Reset
        if sac.wants == "crash":
            await self.print(texts.BUGCHECK)
        raise PowerOff

    def _health(self) -> str:
        report = {
            "reportTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "computerName": self.name,
            "osVersion": "10.0.20348",
            "networkAdapters": [{"name": "Ethernet", "status": "Up", "addresses": ["10.0.2.15"]}],
            "remoteDesktop": {"port": 3389, "enabled": True, "service": "Running"},
            "firewall": {"domain": True, "private": True, "public": True},
        }
        return f"\n{MARK}Start\n{json.dumps(report)}\n{MARK}End\n"
