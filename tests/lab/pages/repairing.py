"""Somebody who repairs a machine on its console's page. In: keys, menus, the clipboard. Out: what the screen shows; a picture of each stage."""

from pathlib import Path

from playwright.sync_api import Page, TimeoutError, expect

from tests.browser.terminals import PASTE, shows, stands_at, terminal

BOOT_MS = 400_000  # on a machine that has other things to do
KEY_MS = 40
ASKED_MS = 3_000  # what asks for a password throws away what was typed before
ANSWERS_MS = 15_000
SHELL = r"#$"


class Operator:
    def __init__(self, page: Page, pictures: Path) -> None:
        self.page, self._pictures, self._taken = page, pictures, 0

    def takes_a_picture(self, of: str) -> None:
        self._taken += 1
        self.page.screenshot(path=self._pictures / f"{self._taken:02}-{of}.png")

    def sees(self, text: str) -> None:
        shows(self.page, text, BOOT_MS)

    def stands_at(self, prompt: str) -> None:
        stands_at(self.page, prompt, BOOT_MS)

    def presses(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key, delay=KEY_MS)

    def types(self, text: str) -> None:
        self.page.keyboard.type(text, delay=KEY_MS)

    def enters(self, line: str) -> None:
        self.types(line)
        self.presses("Enter")

    def gives_the_password(self) -> None:
        """Root's, for a shell; once more where it was thrown away."""
        self.page.wait_for_timeout(ASKED_MS)
        self.enters("homeport")
        try:
            stands_at(self.page, SHELL, ANSWERS_MS)
        except TimeoutError:
            self.takes_a_picture("no-answer")
            self.presses("Enter")
            self.sees("Login incorrect")
            self.page.wait_for_timeout(ASKED_MS)
            self.enters("homeport")
            self.stands_at(SHELL)

    def logs_in(self) -> None:
        self.stands_at(r"login:$")
        self.enters("root")
        self.stands_at(r"^Password:$")
        self.gives_the_password()

    def runs(self, number: int, command: str) -> None:
        """At a shell; it must succeed."""
        self.enters(f"{command}; echo step {number}: $?")
        self.sees(f"step {number}: 0")

    def pastes(self, lines: list[str]) -> None:
        terminal(self.page).focus()
        self.page.evaluate(PASTE, "\n".join(lines) + "\n")
        ask = self.page.get_by_role("dialog", name="Send this to")
        expect(ask).to_contain_text(f"Lines: {len(lines)}.")
        self.takes_a_picture("paste")
        ask.get_by_role("button", name="Send").click()

    def chooses(self, menu: str, item: str) -> None:
        self.page.locator(f"#{menu}-button").click()
        self.page.locator(f"#{menu}-menu").get_by_role("button", name=item).click()
