"""A style sheet without what no page uses. In: Tabler's whole sheet, and every word of the portal's own sources. Out: the rules whose classes are among them.

A word is a class if it stands anywhere, in a template, a script or a form's Python: too much is kept rather than too little.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

SOURCES = (
    ("templates", "*.html"),
    ("static/js", "*.js"),
    ("accounts", "*.py"),
    ("consoles", "*.py"),
    ("portal", "*.py"),
)
WORD = re.compile(r"[A-Za-z][\w%.:-]*")
CLASS = re.compile(r"\.((?:[\w-]|\\.)+)")
WITHOUT = re.compile(r":not\([^()]*\)")
NESTED = ("@media", "@supports", "@layer", "@container")


def used_words(root: Path, more: Iterable[Path]) -> set[str]:
    files = [path for folder, pattern in SOURCES for path in sorted((root / folder).rglob(pattern))]
    return {word for path in [*files, *more] for word in WORD.findall(path.read_text())}


def classes(css: str) -> set[str]:
    return {_plain(name) for name in CLASS.findall(css)}


def trimmed(css: str, words: set[str]) -> str:
    return "".join(_kept(css, words))


def _kept(css: str, words: set[str]) -> Iterator[str]:
    for head, body in _blocks(css):
        name = head.split(None, 1)[0].split("(")[0] if head else ""
        if body is None:
            yield f"{head};"
        elif name in NESTED:
            inner = trimmed(body, words)
            yield f"{head}{{{inner}}}" if inner else ""
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        elif selectors := [one for one in _selectors(head) if _used(one, words)]:
            yield f"{','.join(selectors)}{{{body}}}"


def _blocks(css: str) -> Iterator[tuple[str, str | None]]:
    """Heads with their bodies, and at-rules without one; the sheet is minified, so braces stand in no string."""
    at = 0
    while at < len(css):
        end = re.compile("[{;]").search(css, at)
        if end is None:
            return
        head = css[at : end.start()].strip()
        if end.group() == ";":
            yield head, None
            at = end.end()
            continue
        close = _close(css, end.start())
        yield head, css[end.end() : close]
        at = close + 1


def _close(css: str, opening: int) -> int:
    depth = 0
    for brace in re.compile("[{}]").finditer(css, opening):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.start()
    raise ValueError("a brace is never closed")


def _selectors(head: str) -> list[str]:
    """Split at commas, but not at those between parentheses."""
    return re.split(r",(?![^()]*\))", head)


def _used(selector: str, words: set[str]) -> bool:
    needed = CLASS.findall(WITHOUT.sub("", selector))
    return all(_plain(name) in words for name in needed)


def _plain(name: str) -> str:
    return re.sub(r"\\(.)", r"\1", name)
