"""What was heard of one machine and not written down yet. In: its driver's events. Out: what is so now, and what happened since.

Bounded: of each kind only the last counts, however long nobody could write.
"""

import asyncio
from datetime import datetime

from django.utils import timezone

from portal.fleet.following.states import OFF
from portal.machines.base import Event, Seen, State


class Notes:
    """`news` is for whoever writes; the other two are for those who look closer once it has begun anew."""

    def __init__(self) -> None:
        self.news, self.for_facts, self.for_pictures = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.state: State | None = None
        self.at: datetime = timezone.now()
        self.panic_at: datetime | None = None
        self.began_at: datetime | None = None

    def hear(self, event: Event) -> None:
        if event.kind is Seen.RESET:
            self.began_at = timezone.now()
            self._turn()
        elif event.kind is Seen.PANIC:
            self.panic_at = timezone.now()
            self._turn()
        if event.state is not None:
            self.saw(event.state)

    def saw(self, state: State) -> None:
        if state is self.state:
            return
        if state is State.RUNNING and self.state in OFF:
            self.began_at = timezone.now()
        self.state, self.at = state, timezone.now()
        self._turn()

    def _turn(self) -> None:
        for one in (self.news, self.for_facts, self.for_pictures):
            one.set()
