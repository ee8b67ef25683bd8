"""What is seen in the bytes of a line: every sign, wherever it is cut, and no sign where everything is well."""

from itertools import pairwise
from pathlib import Path

import pytest

from consoles.hub import recognising
from consoles.hub.recognising import Recogniser, Seen
from consoles.record.spool import Spool

PRINTED = Path(__file__).parent / "printed"
LATER = 100.0
# a word that is cut off where a prompt would end looks like one; it is no trouble
HEALTHY: dict[str, set[str]] = {
    "debian_boot": {"grub", "login"},
    "busybox_boot": {"login"},
    "reading": {"login", "sac"},
    "router_boot": set(),
    "windows_sac": {"sac"},
}
PANICKED = (
    b"[   41.118101] sysrq: Trigger a crash\r\n"
    b"[   41.118722] Kernel panic - not syncing: sysrq triggered crash\r\n"
    b"[   41.119090] CPU: 0 PID: 61 Comm: sh Not tainted 6.1.0-37-amd64 #1  Debian 6.1.140-1\r\n"
    b"[   41.119300] Call Trace:\r\n[   41.119410]  <TASK>\r\n[   41.119512]  panic+0x107/0x2f2\r\n"
    b"[   41.120900] Kernel Offset: disabled\r\n"
    b"[   41.121011] ---[ end Kernel panic - not syncing: sysrq triggered crash ]---\r\n"
)
UNTIMED = (
    b"Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\r\n"
    b"CPU: 0 PID: 1 Comm: init Not tainted 5.15.134 #0\r\n"
)
OOPSED = (
    b"[  101.554400] BUG: kernel NULL pointer dereference, address: 0000000000000010\r\n"
    b"[  101.554810] #PF: supervisor write access in kernel mode\r\n"
    b"[  101.555122] Oops: 0002 [#1] PREEMPT SMP NOPTI\r\n"
    b"[  101.555210] CPU: 0 PID: 400 Comm: insmod Tainted: G           O\r\n"
)
EMERGENCY = (
    b"[\x1b[0;1;31mFAILED\x1b[0m] Failed to mount \x1b[0;1;39mdata.mount\x1b[0m - /data.\r\n"
    b'You are in emergency mode. After logging in, type "journalctl -xb" to view\r\n'
    b"system logs.\r\nGive root password for maintenance\r\n(or press Control-D to continue): "
)
TROUBLE = {
    "a panic": ("panic", PANICKED, b"[   41.118722] Kernel"),
    "a panic told by its processor": (
        "panic",
        PANICKED.replace(b"] ", b"][    C0] "),
        b"[   41.118722][    C0] Kernel",
    ),
    "a panic of a kernel that tells no time": ("panic", UNTIMED, b"Kernel panic"),
    "a panic that reboots": (
        "panic",
        b"\nKernel panic - not syncing: VFS: oh\nRebooting in 30 seconds..\n",
        b"Kernel",
    ),
    "an oops": ("oops", OOPSED, b"[  101.555122] Oops"),
    "an oops of another processor": (
        "oops",
        b"Internal error: Oops: 96000004 [#1] PREEMPT SMP\r\nModules linked in:\r\n",
        b"Internal",
    ),
    "a protection fault": (
        "oops",
        b"[    9.000001] general protection fault, probably for address 0xdead: 0000 [#1] SMP\r\n",
        b"[    9.000001]",
    ),
    "emergency mode": ("emergency", EMERGENCY, b"You are"),
    "emergency mode of dracut": (
        "emergency",
        b"\r\nEntering emergency mode. Exit the shell to continue.\r\n",
        b"Entering",
    ),
    "a shell in the initial ramdisk": (
        "emergency",
        b"ALERT!  UUID=2f9c does not exist.  Dropping to a shell!\r\n\r\n(initramfs) ",
        b"(initramfs)",
    ),
    "a failed check": (
        "fsck",
        b"\r\n/dev/vda1: UNEXPECTED INCONSISTENCY; RUN fsck MANUALLY.\r\n\t(i.e., without -a or -p options)\r\n",
        b"/dev/vda1",
    ),
    "a failed check, told by systemd": (
        "fsck",
        b"[    9.120011] systemd-fsck[201]: fsck failed with exit status 4.\r\n",
        b"[    9.12",
    ),
    "a failed check before the root": (
        "fsck",
        b"done.\r\nfsck exited with status code 4\r\ndone.\r\n",
        b"fsck exited",
    ),
    "a boot menu": ("grub", b"\x1b[2J\x1b[1;1H      GNU GRUB  version 2.06\x1b[4;2H+---", b"GNU"),
    "a boot loader's prompt": ("grub", b"Minimal BASH-like line editing.\r\n\r\ngrub> ", b"grub>"),
    "a boot loader that lacks its files": (
        "grub",
        b"error: no such partition.\r\ngrub rescue> ",
        b"grub rescue>",
    ),
    "a login prompt": ("login", b"\r\nDebian GNU/Linux 12 web-1 ttyS0\r\n\r\nweb-1 login: ", b"web-1 login"),
    "a login prompt without a name": ("login", b"\r\n(none) login: ", b"(none)"),
    "a login prompt that the kernel speaks after": (
        "login",
        b"\r\nweb-1 login: [   21.552211] random: crng init done\r\n",
        b"web-1",
    ),
    "a prompt of SAC": ("sac", b"Use the ? command for general help.\r\n\r\nSAC>", b"SAC>"),
}


class Printer:
    """Prints, and is looked at each time; the first look of all is at time 0."""

    def __init__(self, folder: Path, limit: int = 2**20) -> None:
        self.spool = Spool(folder, limit)
        self.recogniser = Recogniser(self.spool)
        self.now = 0.0
        self.seen: list[Seen] = []

    def print(self, data: bytes, after: float = LATER) -> list[Seen]:
        self.now += after
        self.spool.append(data, int(self.now * 1000))
        seen = self.recogniser.look(self.now)
        self.seen += seen
        return seen

    def begin_anew(self) -> None:
        """As a hub does that is started on this log."""
        self.recogniser, self.seen = Recogniser(self.spool), []

    @property
    def kinds(self) -> list[str]:
        return [seen.kind for seen in self.seen]


def printed(name: str) -> bytes:
    return (
        (PRINTED / f"{name}.txt")
        .read_bytes()
        .rstrip(b"\n")
        .replace("␛".encode(), b"\x1b")
        .replace(b"\n", b"\r\n")
    )


@pytest.mark.parametrize("size", [1, 13, 200, 5000, 2**16])
@pytest.mark.parametrize("name", HEALTHY)
def test_where_everything_is_well_there_is_no_trouble(tmp_path: Path, name: str, size: int) -> None:
    printer, text = Printer(tmp_path), printed(name)
    for start in range(0, len(text), size):
        printer.print(text[start : start + size])
    assert set(printer.kinds) <= HEALTHY[name]
    assert set(printer.kinds) == HEALTHY[name] or size > 1


@pytest.mark.parametrize("what", TROUBLE)
def test_a_sign_is_seen_once_wherever_it_is_cut(tmp_path: Path, what: str) -> None:
    kind, text, begin = TROUBLE[what]
    printer = Printer(tmp_path)
    for cut in range(len(text)):
        printer.print(b"\r\n")
        printer.begin_anew()
        expected = (kind, printer.spool.end + text.index(begin))
        for piece in (text[:cut], text[cut:]):
            printer.print(piece)
        assert [(seen.kind, seen.offset) for seen in printer.seen][:1] == [expected], cut
        assert set(printer.kinds) == {kind}, cut


@pytest.mark.parametrize("what", TROUBLE)
def test_a_sign_is_seen_byte_by_byte(tmp_path: Path, what: str) -> None:
    kind, text, begin = TROUBLE[what]
    printer = Printer(tmp_path)
    for at in range(len(text)):
        printer.print(text[at : at + 1])
    assert (printer.seen[0].kind, printer.seen[0].offset) == (kind, text.index(begin))


@pytest.mark.parametrize("what", ["a panic", "an oops", "emergency mode", "a failed check", "a login prompt"])
def test_colours_between_its_words_hide_no_sign(tmp_path: Path, what: str) -> None:
    kind, text, _ = TROUBLE[what]
    words = text.split(b" ")
    coloured = b"".join(
        word + (b"\x1b[0m \x1b[1;31m" if word[-1:].isalpha() and after[:1].isalpha() else b" ")
        for word, after in pairwise([*words, b""])
    )
    printer = Printer(tmp_path)
    printer.print(b"\r\n" + coloured.rstrip(b" ") + (b" " if kind == "login" else b"\r\n"))
    assert printer.kinds[0] == kind


def test_the_first_line_of_a_log_is_a_line(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    printer.print(PANICKED[PANICKED.index(b"[   41.118722]") :])
    assert printer.seen[0].offset == 0


def test_what_was_printed_before_the_hub_came_is_not_told_again(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    printer.print(PANICKED)
    printer.begin_anew()
    assert printer.print(b"silence\r\n") == []


def test_the_same_again_is_no_news_for_a_while(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    prompt = b"\r\nweb-1 login: "
    assert len(printer.print(prompt)) == 1
    assert printer.print(prompt, after=1) == []
    assert len(printer.print(prompt, after=recognising.SAME)) == 1


def test_another_panic_after_a_boot_is_news_however_soon(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    for piece in (PANICKED, b"\r\nweb-1 login: ", PANICKED):
        printer.print(b"\r\n" + piece, after=2)
    assert printer.kinds == ["panic", "login", "panic"]


def test_an_oops_that_is_read_again_is_the_same_oops(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    for piece in (OOPSED, b"\r\nweb-1 login: ", b"root@web-1:~# dmesg | tail\r\n" + OOPSED):
        printer.print(piece)
    assert printer.kinds == ["oops", "login"]
    printer.print(OOPSED.replace(b"101.5", b"333.5"))
    assert printer.kinds == ["oops", "login", "oops"]


def test_of_a_flood_the_end_is_looked_at(tmp_path: Path) -> None:
    printer = Printer(tmp_path, limit=2**23)
    printer.print(b"syncing, syncing: syncing\r\n" * 200_000 + PANICKED)
    assert printer.kinds == ["panic"]


def test_whoever_prints_nothing_but_trouble_is_not_listened_to_for_ever(tmp_path: Path) -> None:
    printer = Printer(tmp_path)
    for _ in range(50):
        printer.print(PANICKED, after=0.5)
        printer.print(b"\r\nweb-1 login: \r\n", after=0.5)
    assert len(printer.seen) <= recognising.MOST_TOLD
