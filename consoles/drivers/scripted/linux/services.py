"""systemd's lines on the console. In: nothing but names. Out: lines with the state it prints in front."""

GREEN, RED, YELLOW, BOLD, END = "\x1b[0;32m", "\x1b[0;1;31m", "\x1b[0;1;38;5;185m", "\x1b[0;1;39m", "\x1b[0m"


def ok(text: str) -> str:
    return f"[{GREEN}  OK  {END}] {text}"


def timed_out(text: str) -> str:
    return f"[{RED} TIME {END}] {text}"


def depends(text: str) -> str:
    return f"[{YELLOW}DEPEND{END}] {text}"


def started(unit: str, what: str) -> str:
    return ok(f"Started {BOLD}{unit}{END} - {what}.")


def finished(unit: str, what: str) -> str:
    return ok(f"Finished {BOLD}{unit}{END} - {what}.")


def reached(unit: str, what: str) -> str:
    return ok(f"Reached target {BOLD}{unit}{END} - {what}.")


def stopped(unit: str, what: str) -> str:
    return ok(f"Stopped {BOLD}{unit}{END} - {what}.")


EARLY = [
    ok(f"Created slice {BOLD}system-getty.slice{END} - Slice /system/getty."),
    reached("paths.target", "Path Units"),
    reached("slices.target", "Slice Units"),
    reached("swap.target", "Swaps"),
    ok(f"Listening on {BOLD}systemd-journald.socket{END} - Journal Socket."),
    ok(f"Mounted {BOLD}dev-hugepages.mount{END} - Huge Pages File System."),
    finished("kmod-static-nodes.service", "Create List of Static Device Nodes"),
    finished("systemd-modules-load.service", "Load Kernel Modules"),
    finished("systemd-sysctl.service", "Apply Kernel Variables"),
    started("systemd-journald.service", "Journal Service"),
    started("systemd-udevd.service", "Rule-based Manager for Device Events and Files"),
]
FILE_SYSTEMS = [
    reached("local-fs.target", "Local File Systems"),
    finished("systemd-tmpfiles-setup.service", "Create System Files and Directories"),
]
LATE = [
    reached("sysinit.target", "System Initialization"),
    reached("timers.target", "Timer Units"),
    reached("sockets.target", "Socket Units"),
    reached("basic.target", "Basic System"),
    started("cron.service", "Regular background program processing daemon"),
    started("dbus.service", "D-Bus System Message Bus"),
    started("systemd-logind.service", "User Login Management"),
    started("networking.service", "Raise network interfaces"),
    reached("network.target", "Network"),
    started("qemu-guest-agent.service", "QEMU Guest Agent"),
    started("{ssh}.service", "OpenBSD Secure Shell server"),
    started("serial-getty@ttyS0.service", "Serial Getty on ttyS0"),
    reached("getty.target", "Login Prompts"),
    reached("multi-user.target", "Multi-User System"),
]
STOPPING = [
    stopped("multi-user.target", "Multi-User System"),
    stopped("{ssh}.service", "OpenBSD Secure Shell server"),
    stopped("cron.service", "Regular background program processing daemon"),
    stopped("network.target", "Network"),
    stopped("basic.target", "Basic System"),
    ok("Unmounted all file systems."),
    reached("umount.target", "Unmount All Filesystems"),
]
