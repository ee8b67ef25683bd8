"""The monitor of a QEMU as far as a line needs it: it greets, takes commands, and answers when it is let."""

import asyncio
import json
from pathlib import Path
from typing import Any

GREETING = {
    "QMP": {"version": {"qemu": {"major": 7, "minor": 2, "micro": 22}, "package": ""}, "capabilities": []}
}


class Monitor:
    def __init__(self, path: Path, known: str = "serial0") -> None:
        self.path, self.known = path, known
        self.breaks = 0
        self.asked = asyncio.Event()
        self.answers = asyncio.Event()
        self.answers.set()
        self._server: asyncio.Server | None = None

    async def start(self) -> "Monitor":
        self._server = await asyncio.start_unix_server(self._serve, str(self.path))
        return self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(json.dumps(GREETING).encode() + b"\r\n")
        decoder, heard = json.JSONDecoder(), ""
        while data := await reader.read(4096):
            heard = (heard + data.decode()).lstrip()
            while heard:
                asked, end = decoder.raw_decode(heard)
                heard = heard[end:].lstrip()
                writer.write(json.dumps(await self._answer(asked)).encode() + b"\r\n")
        writer.close()

    async def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = {"id": asked["id"]} if "id" in asked else {}
        if asked["execute"] != "chardev-send-break":
            return {**answer, "return": {}}
        self.asked.set()
        await self.answers.wait()
        name = asked["arguments"]["id"]
        if name != self.known:
            return {**answer, "error": {"class": "GenericError", "desc": f"Chardev '{name}' not found"}}
        self.breaks += 1
        return {**answer, "return": {}}

    async def stop(self) -> None:
        assert self._server
        self.answers.set()
        self._server.close()
