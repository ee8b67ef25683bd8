"""A getty and a login on the line. In: a name and a password. Out: a session in the shell, and the prompt again when it is over."""

from datetime import UTC, datetime, timedelta

from consoles.drivers.scripted.guest import PASSWORD
from consoles.drivers.scripted.linux.machine import Linux
from consoles.drivers.scripted.linux.shell import Session
from consoles.drivers.scripted.linux.tty import InputEnded, Interrupted, Tty

TRIES, PATIENCE = 5, 60.0
DATE = "%a %b %e %H:%M:%S UTC %Y"


async def getty(machine: Linux, tty: Tty) -> None:
    """One round: from the prompt to the end of a session."""
    await machine.print(f"\n{machine.system.issue(machine.name)}")
    user = await _name(machine, tty)
    for _ in range(TRIES):
        if not user:
            user = await _name(machine, tty)
        if await _password_is_right(machine, tty):
            await _session(machine, tty, user)
            return
        await machine.pause(2.5)
        await machine.print("\nLogin incorrect\n")
        user = ""
    await machine.pause(1)


async def _name(machine: Linux, tty: Tty) -> str:
    user = ""
    while not user:
        user = (await tty.line(f"{machine.name} login: ")).strip()
    return user[:32]


async def _password_is_right(machine: Linux, tty: Tty) -> bool:
    try:
        typed = await tty.line("Password: ", echo=False, seconds=PATIENCE)
    except InputEnded as ended:
        if ended.waited:
            await machine.print(f"\nLogin timed out after {PATIENCE:.0f} seconds.\n")
            raise
        typed = ""
    return typed == PASSWORD


async def _session(machine: Linux, tty: Tty, user: str) -> None:
    now = datetime.now(UTC)
    last = machine.last_logins.get(user, now - timedelta(hours=19, minutes=7, seconds=41))
    if len(machine.last_logins) < 64:
        machine.last_logins[user] = now
    await machine.print(
        f"Linux {machine.name} {machine.system.kernel} {machine.system.built} x86_64\n\n"
        f"{machine.disk.files.get('/etc/motd', '')}"
        f"Last login: {last.strftime(DATE)} on ttyS0\n"
    )
    await Session(machine, tty, user).run()


async def logins(machine: Linux, tty: Tty) -> None:
    """For ever."""
    while True:
        try:
            await getty(machine, tty)
        except (InputEnded, Interrupted):
            await machine.pause(0.1)
