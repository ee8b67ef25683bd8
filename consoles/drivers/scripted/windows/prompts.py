"""A command prompt, and PowerShell inside it. In: lines. Out: what they print; `copies` is how often a typed character shows."""

from collections.abc import Callable

from consoles.drivers.scripted.windows import texts

FOLDER = "C:\\Windows\\system32"


class CommandPrompt:
    def __init__(self, machine: str, domain: str, user: str) -> None:
        self.machine, self.domain, self.user = machine, domain, user
        self.history: list[str] = []
        self.left = False
        self._powershell = False
        self._psreadline = True

    @property
    def text(self) -> str:
        return f"PS {FOLDER}> " if self._powershell else f"{FOLDER}>"

    @property
    def copies(self) -> int:
        """PSReadLine draws each character anew on a terminal that it does not know."""
        return 2 if self._powershell and self._psreadline else 1

    def run(self, line: str) -> str:
        name, *words = line.lower().split() or [""]
        name = name.removesuffix(".exe")
        if not name:
            return ""
        if name in BOTH:
            return BOTH[name](self, words)
        if self._powershell:
            return self._in_powershell(name, words, line.split()[0])
        return (
            COMMANDS[name](self, words) if name in COMMANDS else texts.NO_COMMAND.format(name=line.split()[0])
        )

    def _in_powershell(self, name: str, words: list[str], typed: str) -> str:
        if name == "remove-module" and words == ["psreadline"]:
            self._psreadline = False
            return ""
        if name in ("get-service", "get-date", "get-computerinfo"):
            return texts.POWERSHELL[name]
        return texts.NO_CMDLET.format(name=typed)

    def exit(self, words: list[str]) -> str:
        self.left, self._powershell = not self._powershell, False
        return ""

    def powershell(self, words: list[str]) -> str:
        self._powershell = self._psreadline = True
        return texts.POWERSHELL_BANNER

    def whoami(self, words: list[str]) -> str:
        return f"{self.domain}\\{self.user}\n".lower()

    def net(self, words: list[str]) -> str:
        if words[:1] != ["user"]:
            return texts.NET
        return texts.USERS.format(name=self.machine.upper())

    def netsh(self, words: list[str]) -> str:
        return texts.FIREWALL if "show" in words else "Ok.\n\n"

    def hostname(self, words: list[str]) -> str:
        return f"{self.machine}\n"


BOTH: dict[str, Callable[[CommandPrompt, list[str]], str]] = {
    "exit": CommandPrompt.exit,
    "whoami": CommandPrompt.whoami,
    "net": CommandPrompt.net,
    "netsh": CommandPrompt.netsh,
    "hostname": CommandPrompt.hostname,
    "ipconfig": lambda prompt, words: texts.IPCONFIG,
    "sc": lambda prompt, words: texts.SERVICE,
    "cls": lambda prompt, words: "\x1b[2J\x1b[1;1H",
    "dir": lambda prompt, words: texts.DIR,
    "bcdedit": lambda prompt, words: texts.BCDEDIT,
}
COMMANDS: dict[str, Callable[[CommandPrompt, list[str]], str]] = {
    "powershell": CommandPrompt.powershell,
    "ver": lambda prompt, words: f"\n{texts.VERSION}\n\n",
    "help": lambda prompt, words: texts.CMD_HELP,
    "cd": lambda prompt, words: f"{FOLDER}\n",
}
