"""What can happen to a machine at any moment; raised where its script waits."""

from consoles.drivers.scripted.port import Happening


class Reset(Happening):
    """It starts anew."""


class PowerOff(Happening):
    """Nothing is printed any more."""


class Panic(Happening):
    """The kernel stands still; what it had to say has been said."""


class LoggedOut(Happening):
    """The session on the line is over: hung up, or killed."""
