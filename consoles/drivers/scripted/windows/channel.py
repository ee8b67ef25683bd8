"""One command channel of SAC. In: keys. Out: the sign-in, then a command prompt or PowerShell; `closed` when it is left."""

from consoles.drivers.scripted.editing import LineEditor
from consoles.drivers.scripted.guest import PASSWORD
from consoles.drivers.scripted.windows import texts
from consoles.drivers.scripted.windows.prompts import CommandPrompt

KEPT = 1600  # of what the channel printed, to paint it again
QUESTIONS = ["Username: ", "Domain  : ", "Password: "]


class Channel:
    def __init__(self, name: str, machine: str) -> None:
        self.name, self._machine = name, machine
        self.closed = False
        self._answers: list[str] = []
        self._typed = ""
        self._prompt: CommandPrompt | None = None
        self._editor = LineEditor("")
        self._printed = ""
        self._print(f"{texts.CREDENTIALS}{QUESTIONS[0]}")

    def screen(self) -> str:
        return self._printed

    def feed(self, key: str) -> str:
        return self._print(self._at_prompt(key) if self._prompt else self._signing_in(key))

    def _print(self, text: str) -> str:
        kept = self._printed + text
        if len(kept) > KEPT:
            kept = kept[-KEPT:].partition("\n")[2]
        self._printed = kept.rpartition("\x1b[2J")[2]
        return text

    def _signing_in(self, key: str) -> str:
        if key in "\r\n":
            self._answers.append(self._typed)
            self._typed = ""
            asked = len(self._answers)
            return f"\n{QUESTIONS[asked] if asked < len(QUESTIONS) else self._signed_in()}"
        if key in "\b\x7f":
            shown, self._typed = "\b \b" if self._typed else "", self._typed[:-1]
            return shown
        if len(key) == 1 and key.isprintable() and len(self._typed) < 64:
            self._typed += key
            return "*" if len(self._answers) == 2 else key
        return ""

    def _signed_in(self) -> str:
        user, domain, password = self._answers
        self._answers = []
        if not user or password != PASSWORD:
            return f"\nAttempting to authenticate...\n{texts.WRONG}\n{QUESTIONS[0]}"
        self._prompt = CommandPrompt(self._machine, domain.strip() or self._machine, user.strip())
        return f"\nAttempting to authenticate...\n\x1b[2J\x1b[1;1H{texts.WINDOWS}\n{self._ask()}"

    def _ask(self) -> str:
        assert self._prompt  # noqa: S101 - asked of a channel that is signed in
        self._editor = LineEditor(self._prompt.text, history=self._prompt.history)
        return self._prompt.text

    def _at_prompt(self, key: str) -> str:
        assert self._prompt  # noqa: S101 - see above
        shown = self._editor.feed({"\x03": "esc"}.get(key, key))
        if shown == key:
            return key * self._prompt.copies
        if self._editor.done is None:
            return shown
        said = self._prompt.run(self._editor.done)
        self.closed = self._prompt.left
        return f"{shown}{said}" if self.closed else f"{shown}{said}{self._ask()}"
