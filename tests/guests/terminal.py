"""Hands on a guest's console, through the product's socket. In: what is typed. Out: what is waited for, from where the last wait ended."""

import asyncio
import re
import time

from tests.chaos.page import Page

SLOW = 180.0
PROMPT = rb"[\w-]+:~# "
PAUSE = 1.0  # after a question for a password: what asks flushes what was typed before


class Terminal(Page):
    """It begins at what the page was shown first."""

    read = 0

    async def sees(self, pattern: bytes, patience: float = SLOW) -> "re.Match[bytes]":
        end, looked = time.monotonic() + patience, re.compile(pattern)
        while not (found := looked.search(self.text, self.read)):
            assert time.monotonic() < end, f"{pattern!r} is not in {bytes(self.text[self.read :][-1500:])!r}"
            await asyncio.sleep(0.02)
        self.read = found.end()
        return found

    async def enter(self, line: bytes) -> None:
        await self.until(lambda: self.writes)
        await self.type(line + b"\r")

    async def logs_in(self, user: bytes = b"root", prompt: bytes = PROMPT) -> None:
        await self.sees(rb"login: ")
        await self.enter(user)
        await self.sees(rb"assword: ")
        await asyncio.sleep(PAUSE)
        await self.enter(b"homeport")
        await self.sees(prompt)

    async def says(self, command: bytes, answer: bytes, patience: float = SLOW) -> "re.Match[bytes]":
        """At a shell: types it, and waits for an answer after its echo."""
        await self.enter(command)
        await self.sees(rb"\r\n")
        return await self.sees(answer, patience)
