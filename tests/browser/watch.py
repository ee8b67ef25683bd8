"""Everything a page did that it should not: scripts that fail, policies that block, requests that fail or leave the portal."""

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Error, Page, Request, Response

STATUS = "Failed to load resource"
CUT_OFF = ("net::ERR_", "WebSocket connection to", "htmx:")


class Watch:
    """Over all pages of one browser context. Statuses of pages that a test means to get are allowed one by one."""

    def __init__(self, context: BrowserContext, portal: str) -> None:
        self.portal = portal
        self.problems: list[str] = []
        self.requests: list[str] = []
        self.allowed: set[int] = set()
        self.cut_off = False  # a test kills the portal under its pages
        context.on("page", self._page)
        context.on("console", self._console)
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)

    def _page(self, page: Page) -> None:
        page.on("pageerror", self._script)
        page.on("dialog", self._dialog)

    def _script(self, error: Error) -> None:
        self.problems.append(f"script error: {error}")

    def _dialog(self, dialog: Dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        expected = self.cut_off and any(words in message.text for words in CUT_OFF)
        if message.type in {"error", "warning"} and not message.text.startswith(STATUS) and not expected:
            self.problems.append(f"console {message.type}: {message.text}")

    def _failed(self, request: Request) -> None:
        """A request that the next page cut off has not failed."""
        if request.failure != "net::ERR_ABORTED" and not self.cut_off:
            self.problems.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        expected = response.status in self.allowed and response.request.resource_type in {"document", "fetch"}
        if response.status >= 400 and not expected:
            self.problems.append(f"{response.url}: {response.status}")

    @property
    def strangers(self) -> list[str]:
        """Addresses asked for that are not the portal's own."""
        return [url for url in self.requests if not url.startswith((self.portal, "data:", "blob:"))]

    def judge(self) -> None:
        assert not self.problems, "\n".join(self.problems)
        assert not self.strangers, self.strangers
