import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from portal.run.install.frontend import COPIED, SHEET, VendorFiles
from portal.run.install.steps import SetupError, Steps
from tests.run.programs import CHECKOUT

ICON = """<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="M5 12l14 0" />
</svg>"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    modules = tmp_path / "node_modules"
    for name in (*COPIED, SHEET, "@tabler/icons/LICENSE"):
        (modules / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / name).write_text("a{}\n/*# sourceMappingURL=a.css.map */")
    (modules / SHEET).write_text("a{}.card{}.unused{}\n/*# sourceMappingURL=a.css.map */")
    for name in ("outline/minus.svg", "filled/bell.svg"):
        (modules / "@tabler/icons/icons" / name).parent.mkdir(parents=True, exist_ok=True)
        (modules / "@tabler/icons/icons" / name).write_text(ICON)
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "icons.txt").write_text("# a comment\nminus\nbell-filled\n\n")
    (tmp_path / "package-lock.json").write_text("{}")
    return tmp_path


def install(root: Path) -> VendorFiles:
    files = VendorFiles(root)
    files.install(Steps(root, root / "var"))
    return files


def test_the_sprite_holds_the_listed_icons_in_the_colour_of_the_text(root: Path) -> None:
    install(root)
    sprite = ElementTree.fromstring((root / "static" / "vendor" / "icons.svg").read_text())
    symbols = {symbol.get("id"): symbol for symbol in sprite}
    assert set(symbols) == {"minus", "bell-filled"}
    assert symbols["minus"].get("stroke") == symbols["bell-filled"].get("fill") == "currentColor"
    assert [shape.get("d") for shape in symbols["minus"]] == ["M5 12l14 0"]


def test_it_ships_no_reference_to_a_source_map_that_is_not_there(root: Path) -> None:
    install(root)
    assert (root / "static" / "vendor" / "tabler.min.css").read_text() == "a{}"


def test_an_icon_that_does_not_exist_is_named(root: Path) -> None:
    (root / "static" / "icons.txt").write_text("no-such-icon\n")
    with pytest.raises(
        SetupError, match=r"static/icons\.txt names 'no-such-icon', and Tabler has no icon of that name"
    ):
        install(root)


def test_a_new_icon_in_the_list_makes_the_sprite_again(root: Path) -> None:
    assert install(root).fresh()
    (root / "static" / "icons.txt").write_text("minus\n")
    assert not VendorFiles(root).fresh()


def test_a_class_that_no_page_had_before_makes_the_style_sheet_again(root: Path) -> None:
    install(root)
    page = root / "templates" / "page.html"
    page.parent.mkdir()
    page.write_text('<div class="card other">')
    assert not VendorFiles(root).fresh()
    assert install(root).fresh()
    assert (root / "static" / "vendor" / "tabler.min.css").read_text() == "a{}.card{}"
    page.write_text('<div class="card another">')
    assert VendorFiles(root).fresh(), "none of the sheet's"


def test_every_icon_that_a_template_names_is_in_the_list() -> None:
    listed = set((CHECKOUT / "static" / "icons.txt").read_text().split())
    named = re.compile(r"icon\.html[\"'] with name=[\"']([a-z0-9-]+)[\"']")
    pages = list((CHECKOUT / "templates").rglob("*.html"))
    used = {name for page in pages for name in named.findall(page.read_text())}
    assert used
    assert used - listed == set()
