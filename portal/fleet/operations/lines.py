"""Where the serial console says, at start-up, how SysRq keys reach a line: what is managed knows of no consoles.

In: a machine, letters, the pause between them in milliseconds. Out: a break and a letter each on its first line, or Failed.
"""

from collections.abc import Callable

from portal.fleet.models import VirtualMachine

# returns once all are written; raises portal.machines.base.Failed: CANNOT for a line that cannot break, GONE where it is not held
SendSysrq = Callable[[VirtualMachine, str, int], None]

send_sysrq: SendSysrq | None = None
