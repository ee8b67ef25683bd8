"""The boot loader's command line. In: a line. Out: what it prints; `start` holds the kernel's words once `boot` was said."""

BANNER = """\
   Minimal BASH-like line editing is supported. For the first word, TAB
   lists possible command completions. Anywhere else TAB lists possible
   device or file completions. ESC at any time exits.


"""
KNOWN = "boot cat clear echo exit halt help initrd linux ls lsmod normal reboot search set version"
VARIABLES = {
    "prefix": "(hd0,gpt1)/boot/grub",
    "root": "hd0,gpt1",
    "default": "0",
    "timeout": "5",
    "pager": "",
}


class CommandLine:
    def __init__(self, version: str) -> None:
        self.version, self.variables = version, dict(VARIABLES)
        self.kernel = ""
        self.result = ""  # boot, leave, reboot or halt

    def run(self, line: str) -> str:
        words = line.split()
        if not words:
            return ""
        name, rest = words[0], words[1:]
        if name in RESULTS:
            self.result = RESULTS[name]
            return ""
        if name in KNOWN.split():
            known = getattr(self, f"_{name}", None)
            return known(rest) if known else ""
        return f"error: can't find command `{name}'.\n"

    def _help(self, rest: list[str]) -> str:
        return "\n".join(KNOWN.split()) + "\n"

    def _echo(self, rest: list[str]) -> str:
        return " ".join(rest) + "\n"

    def _clear(self, rest: list[str]) -> str:
        return "\x1b[H\x1b[J"

    def _version(self, rest: list[str]) -> str:
        return f"GNU GRUB  version {self.version}\n"

    def _ls(self, rest: list[str]) -> str:
        if not rest:
            return "(proc) (hd0) (hd0,gpt14) (hd0,gpt1)\n"
        if rest[0].rstrip("/").endswith("boot"):
            return "config-cloud grub/ initrd.img-cloud System.map-cloud vmlinuz-cloud\n"
        return "lost+found/ boot/ etc/ home/ root/ srv/ usr/ var/ vmlinuz initrd.img\n"

    def _set(self, rest: list[str]) -> str:
        if rest and "=" in rest[0] and len(self.variables) < 64:
            name, _, value = rest[0].partition("=")
            self.variables[name] = value
            return ""
        return "".join(f"{name}={value}\n" for name, value in sorted(self.variables.items()))

    def _linux(self, rest: list[str]) -> str:
        if not rest:
            return "error: filename expected.\n"
        self.kernel = " ".join(rest)
        return ""

    def _boot(self, rest: list[str]) -> str:
        if not self.kernel:
            return "error: you need to load the kernel first.\n"
        self.result = "boot"
        return ""


RESULTS = {"exit": "leave", "normal": "leave", "reboot": "reboot", "halt": "halt"}
