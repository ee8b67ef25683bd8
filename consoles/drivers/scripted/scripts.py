"""The scripts by the name a URL has for them."""

from consoles.drivers.scripted.guest import Guest
from consoles.drivers.scripted.linux.userland import Emergency, Login, Menu, Panicking
from consoles.drivers.scripted.silent import Silent
from consoles.drivers.scripted.streams import Echo, Flood, Sequence
from consoles.drivers.scripted.windows.machine import Windows

SCRIPTS: dict[str, type[Guest]] = {
    "linux-login": Login,
    "emergency": Emergency,
    "grub": Menu,
    "panic": Panicking,
    "windows-sac": Windows,
    "silent": Silent,
    "echo": Echo,
    "flood": Flood,
    "sequence": Sequence,
}
NAMES = ", ".join(SCRIPTS)
