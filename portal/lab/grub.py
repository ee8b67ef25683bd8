"""A disk that boots by a real GRUB with its menu on the serial line. In: the folder that becomes its file system. Out: an image.

Neither root nor a loop device is needed: GRUB's first sector and its core are put before the first partition as they are.
"""

import shutil
import struct
import subprocess
import tempfile
from pathlib import Path

from portal.lab.errors import LabError

MIB = 1024 * 1024
SECTOR = 512
START = MIB  # of the only partition; GRUB's core lies between the first sector and it
FOLDER = Path("/usr/lib/grub/i386-pc")
MODULES = (
    "biosdisk",
    "part_msdos",
    "ext2",
    "serial",
    "terminal",
    "normal",
    "configfile",
    "linux",
    "echo",
    "test",
)
COMMANDS = ("ls", "cat", "help", "reboot", "halt", "search", "minicmd", "sleep")
CONFIGURATION = """\
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=5
set default=0
"""
ENTRY = """
menuentry '{title}' {{
    linux {kernel} {append}
    initrd {initrd}
}}
"""


def disk(image: Path, tree: Path, size: int) -> None:
    """`size` in MiB; what the file system does not use takes no room."""
    fresh = image.with_name(f".{image.name}.new")
    with fresh.open("wb") as file:
        file.truncate(size * MIB)
    _file_system(fresh, tree, size)
    with fresh.open("r+b") as file:
        file.write(_first_sector(size))
        file.write(_core())
    fresh.rename(image)


def configuration(entries: dict[str, str], *, kernel: str, initrd: str) -> str:
    """`entries`: a menu's line → what the kernel is told."""
    return CONFIGURATION + "".join(
        ENTRY.format(title=title, kernel=kernel, append=append, initrd=initrd)
        for title, append in entries.items()
    )


def _file_system(image: Path, tree: Path, size: int) -> None:
    options = f"offset={START},root_owner=0:0,lazy_itable_init=1"
    blocks = f"{(size * MIB - START) // 1024}k"
    command = ["-q", "-F", "-t", "ext4", "-L", "root", "-d", str(tree), "-E", options, str(image), blocks]
    _run(["mke2fs", *command])


def _first_sector(size: int) -> bytes:
    """GRUB's boot code, with one bootable Linux partition in the table behind it."""
    try:
        code = (FOLDER / "boot.img").read_bytes()[:446]
    except FileNotFoundError as error:
        raise LabError("GRUB's files are not here: install grub-pc-bin.") from error
    first, count = START // SECTOR, (size * MIB - START) // SECTOR
    partition = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", 0x83, b"\xfe\xff\xff", first, count)
    return code + partition + bytes(48) + b"\x55\xaa"


def _core() -> bytes:
    with tempfile.NamedTemporaryFile() as core:
        _run(
            [
                "grub-mkimage",
                "-O",
                "i386-pc",
                "-p",
                "(hd0,msdos1)/boot/grub",
                "-o",
                core.name,
                *MODULES,
                *COMMANDS,
            ]
        )
        data = Path(core.name).read_bytes()
    if len(data) > START - SECTOR:
        raise LabError("GRUB's core is larger than the room before the first partition.")
    return data


def _run(command: list[str]) -> None:
    program = shutil.which(command[0], path="/usr/sbin:/usr/bin:/sbin:/bin")
    if not program:
        raise LabError(f"There is no {command[0]} here: install e2fsprogs and grub-common.")
    done = subprocess.run([program, *command[1:]], capture_output=True, text=True)
    if done.returncode:
        raise LabError(f"{command[0]} failed: {done.stderr.strip()}")
