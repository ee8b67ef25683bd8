"""What the fixtures of these tests give."""

from collections.abc import Awaitable, Callable

from portal.machines.qemu.managed import ManagedMachine
from tests.machines.qemu.serial_line import SerialLine

Machines = Callable[..., ManagedMachine]
Holding = Callable[[ManagedMachine], Awaitable[SerialLine]]
