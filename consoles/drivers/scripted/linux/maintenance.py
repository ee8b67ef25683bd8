"""The shells of a machine that did not come up. In: the root password. Out: a root shell on the console, until it is left."""

from consoles.drivers.scripted.guest import PASSWORD
from consoles.drivers.scripted.linux.machine import Linux
from consoles.drivers.scripted.linux.shell import Session
from consoles.drivers.scripted.linux.tty import InputEnded, Interrupted, Tty

MODE = """\
You are in {mode} mode. After logging in, type "journalctl -xb" to view
system logs, "systemctl reboot" to reboot, "systemctl default" or "exit"
to boot into default mode.
"""
RESCUE, EMERGENCY = MODE.format(mode="rescue"), MODE.format(mode="emergency")
ASK = "Give root password for maintenance\n(or press Control-D to continue): "
FLUSH = 0.3  # what is typed before sulogin reads is lost


async def maintenance(machine: Linux, tty: Tty, text: str) -> None:
    await machine.print(text)
    try:
        while not await _right_password(machine, tty):
            await machine.pause(2)
            await machine.print("\nLogin incorrect\n\n")
    except InputEnded:
        await machine.print("\n")
        return
    await Session(machine, tty, "root", "/root").run()


async def _right_password(machine: Linux, tty: Tty) -> bool:
    await machine.print(ASK)
    await machine.pause(FLUSH)
    machine.port.drop_typed()
    try:
        return await tty.line("", echo=False) == PASSWORD
    except Interrupted:
        return False


async def bare_shell(machine: Linux, tty: Tty, in_initrd: bool) -> None:
    """The shell in the place of init: no job control, and nobody to return to."""
    if not in_initrd:
        await machine.print("bash: cannot set terminal process group (-1): Inappropriate ioctl for device\n")
        await machine.print("bash: no job control in this shell\n")
    prompt = "switch_root:{place}# " if in_initrd else "root@(none):{place}# "
    await Session(machine, tty, "root", "/", prompt).run()
