"""Front-end packages by lock file, and from them the few files that pages load: static/vendor/.

In: package-lock.json and static/icons.txt. Out: Tabler, htmx, xterm.js, asciinema-player, and one sprite with the icons that the list names.
"""

import re
import shutil
from pathlib import Path

from portal.run.install.programs import Node, machine_npm
from portal.run.install.python import Environment
from portal.run.install.steps import SetupError, Stamp, Steps
from portal.run.install.trimming import classes, trimmed, used_words

SHEET, SCRIPT = "@tabler/core/dist/css/tabler.min.css", "@tabler/core/dist/js/tabler.min.js"
COPIED = (
    SCRIPT,
    "htmx.org/dist/htmx.min.js",
    "asciinema-player/dist/bundle/asciinema-player.css",
    "asciinema-player/dist/bundle/asciinema-player.min.js",
    "@xterm/xterm/css/xterm.css",
    "@xterm/xterm/lib/xterm.mjs",
    "@xterm/addon-fit/lib/addon-fit.mjs",
    "@xterm/addon-search/lib/addon-search.mjs",
    "@xterm/addon-serialize/lib/addon-serialize.mjs",
    "@xterm/addon-unicode11/lib/addon-unicode11.mjs",
    "@xterm/addon-web-links/lib/addon-web-links.mjs",
    "@xterm/addon-webgl/lib/addon-webgl.mjs",
)
# Source maps are not shipped, and the static files' storage refuses a reference to a file that is not there.
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=\S+( \*/)?\s*$")
OUTLINE = (
    'fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"'
)
FILLED = 'fill="currentColor"'
BACKDROP = re.compile(r'\s*<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>')


class NpmPackages:
    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        root = environment.root
        self._stamp = Stamp(
            root / "node_modules" / ".homeport", root / "package.json", root / "package-lock.json"
        )

    def fresh(self) -> bool:
        return self._stamp.fresh()

    def install(self, steps: Steps) -> None:
        npm = machine_npm() or self._own_npm(steps)
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        steps.run(
            "Installing front-end packages", command, failed="The front-end packages could not be installed"
        )
        self._stamp.write()

    def _own_npm(self, steps: Steps) -> list[str | Path]:
        node = Node(self.environment)
        if not node.fresh():
            node.install(steps)
        return node.npm()


class VendorFiles:
    def __init__(self, root: Path) -> None:
        self.modules = root / "node_modules"
        self.folder = root / "static" / "vendor"
        self.list = root / "static" / "icons.txt"
        self._root = root

    def fresh(self) -> bool:
        return (self.modules / SHEET).is_file() and self._stamp().fresh()

    def _stamp(self) -> Stamp:
        """What is left of the style sheet changes when a page uses a class that none did before."""
        names = " ".join(sorted(classes(self._sheet()) & self._words()))
        inputs = (self._root / "package-lock.json", self.list, Path(__file__), names)
        return Stamp(self.folder / ".homeport", *inputs)

    def _sheet(self) -> str:
        return COMMENT.sub("", (self.modules / SHEET).read_text())

    def _words(self) -> set[str]:
        return used_words(self._root, [self.modules / SCRIPT])

    def install(self, steps: Steps) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in COPIED:
            text = (self.modules / name).read_text()
            (self.folder / Path(name).name).write_text(SOURCE_MAP.sub("", text))
        (self.folder / Path(SHEET).name).write_text(trimmed(self._sheet(), self._words()))
        shutil.copy(self.modules / "@tabler" / "icons" / "LICENSE", self.folder / "icons.LICENSE")
        (self.folder / "icons.svg").write_text(self._sprite())
        self._stamp().write()

    def _sprite(self) -> str:
        names = sorted({line.strip() for line in self.list.read_text().splitlines()} - {""})
        symbols = "\n".join(self._symbol(name) for name in names if not name.startswith("#"))
        return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'

    def _symbol(self, name: str) -> str:
        folder = self.modules / "@tabler" / "icons" / "icons"
        outline, filled = (
            folder / "outline" / f"{name}.svg",
            folder / "filled" / f"{name.removesuffix('-filled')}.svg",
        )
        source, look = (filled, FILLED) if name.endswith("-filled") else (outline, OUTLINE)
        if not source.is_file():
            raise SetupError(
                f"static/icons.txt names {name!r}, and Tabler has no icon of that name (see tabler.io/icons)."
            )
        shapes = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", source.read_text(), flags=re.DOTALL)
        return f'<symbol id="{name}" viewBox="0 0 24 24" {look}>{_dense(BACKDROP.sub("", shapes))}</symbol>'


def _dense(shapes: str) -> str:
    return "".join(line.strip() for line in shapes.splitlines())
