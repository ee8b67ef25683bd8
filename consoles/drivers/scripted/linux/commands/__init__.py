"""The commands of the shell: those that only print, and those that use the terminal or the machine."""

from consoles.drivers.scripted.linux.commands import files, looking, network, programs, screen, state
from consoles.drivers.scripted.linux.commands.base import Program, Text

TEXTS: dict[str, Text] = {**files.TEXTS, **looking.TEXTS, **network.TEXTS, **state.TEXTS}
PROGRAMS: dict[str, Program] = {**programs.PROGRAMS, **screen.PROGRAMS}
TEXTS["help"] = lambda session, words, piped: (
    f"These commands are here:\n{' '.join(sorted(TEXTS | PROGRAMS))}\nEverything else is only pretended.\n"
)
