"""A bare serial line: nothing is known of what is behind it, and nothing can be done to it but what goes through the line."""

from portal.machines.base import Machine


class NoMachine(Machine):
    def __init__(self, url: str) -> None:
        self.url = url
