"""The kernel's ear for the key after a break. In: bytes as they arrive. Out: the bytes that are ordinary input; acts on the machine."""

import time
from typing import Protocol

WINDOW = 5.0
HELP = (
    "HELP : loglevel(0-9) reboot(b) crash(c) terminate-all-tasks(e) memory-full-oom-kill(f) kill-all-tasks(i) "
    "thaw-filesystems(j) sak(k) show-backtrace-all-active-cpus(l) show-memory-usage(m) nice-all-RT-tasks(n) "
    "poweroff(o) show-registers(p) show-all-timers(q) unraw(r) sync(s) show-task-states(t) unmount(u) "
    "force-fb(v) show-blocked-tasks(w) dump-ftrace-buffer(z)"
)
LINES = {
    "b": ["sysrq: Resetting"],
    "c": ["sysrq: Trigger a crash"],
    "e": ["sysrq: Terminate All Tasks"],
    "f": ["sysrq: Manual OOM execution", "Out of memory: Killed process 612 (cron) total-vm:6612kB"],
    "i": ["sysrq: Kill All Tasks"],
    "j": ["sysrq: Emergency Thaw of all frozen filesystems", "Emergency Thaw complete"],
    "k": ["sysrq: SAK"],
    "l": ["sysrq: Show backtrace of all active CPUs", "NMI backtrace for cpu 0", " default_idle+0x9/0x10"],
    "m": [
        "sysrq: Show Memory",
        "Mem-Info:",
        "active_anon:128 inactive_anon:14205 isolated_anon:0",
        "Node 0 DMA32 free:701244kB min:3540kB low:4424kB high:5308kB managed:983164kB",
        "261998 pages RAM",
    ],
    "n": ["sysrq: Nice All RT Tasks"],
    "o": ["sysrq: Power Off"],
    "p": ["sysrq: Show Regs", "CPU: 0 PID: 0 Comm: swapper/0 Not tainted", "RIP: 0010:default_idle+0xb/0x10"],
    "q": ["sysrq: Show clockevent devices & pending hrtimers (no others)", "Timer List Version: v0.9"],
    "r": ["sysrq: Keyboard mode set to system default"],
    "s": ["sysrq: Emergency Sync", "Emergency Sync complete"],
    "t": [
        "sysrq: Show State",
        "task:systemd         state:S stack:0     pid:1     ppid:0      flags:0x00000002",
        "task:bash            state:S stack:0     pid:412   ppid:398    flags:0x00004002",
    ],
    "u": ["sysrq: Emergency Remount R/O", "Emergency Remount complete"],
    "v": ["sysrq: Restore framebuffer console"],
    "w": ["sysrq: Show Blocked State"],
    "z": ["sysrq: Dump ftrace buffer", "Dumping ftrace buffer:", "   (ftrace buffer empty)"],
}


class Machine(Protocol):
    def kernel_says(self, text: str) -> None: ...

    def sysrq_acts(self, key: str) -> None: ...


class SysRq:
    def __init__(self, machine: Machine) -> None:
        self._machine, self._until = machine, 0.0

    def on_break(self) -> None:
        """A second break before a key takes the first one back."""
        now = time.monotonic()
        self._until = 0.0 if now < self._until else now + WINDOW

    def arriving(self, data: bytes) -> bytes:
        if not self._until:
            return data
        listened, self._until = self._until, 0.0
        if time.monotonic() > listened:
            return data
        self._key(chr(data[0]))
        return data[1:]

    def _key(self, key: str) -> None:
        for line in self._said(key):
            self._machine.kernel_says(line)
        self._machine.sysrq_acts(key)

    def _said(self, key: str) -> list[str]:
        if key.isdigit():
            return ["sysrq: Changing Loglevel", f"sysrq: Loglevel set to {key}"]
        return LINES.get(key, [f"sysrq: {HELP}"])
