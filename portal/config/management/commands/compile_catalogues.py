from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from django.conf import settings
from django.utils.translation import gettext as _

from portal.config.commands import OperatorCommand, Refused, Row


class Command(OperatorCommand):
    help = "Compiles the translations that changed since the last time. Needs no gettext on the machine."
    requires_system_checks: list[str] = []
    writes = False

    def act(self, **options: Any) -> Row:
        sources = [
            path
            for folder in settings.LOCALE_PATHS
            for path in sorted(Path(folder).glob("*/LC_MESSAGES/*.po"))
        ]
        changed = [path for path in sources if _is_newer(path)]
        for source in changed:
            _compile(source)
        return {"compiled": [path.parts[-3] for path in changed], "unchanged": len(sources) - len(changed)}

    def lines(self, result: Any) -> str:
        """Quiet when there was nothing to do."""
        return (
            _("Compiled translations: %(languages)s.") % {"languages": ", ".join(result["compiled"])}
            if result["compiled"]
            else ""
        )


def _is_newer(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> None:
    """Written beside and moved into place, so that a running portal never reads half of it."""
    draft = source.with_suffix(".mo.new")
    try:
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3], abort_invalid=True)
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(source.with_suffix(".mo"))
    except PoFileError as error:
        raise Refused(
            _("%(path)s cannot be read: %(problem)s.") % {"path": source, "problem": error}
        ) from error
    except OSError as error:
        raise Refused(
            _("%(path)s cannot be compiled: %(problem)s.") % {"path": source, "problem": error.strerror}
        ) from error
