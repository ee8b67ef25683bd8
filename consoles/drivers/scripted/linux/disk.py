"""The files of a machine, which outlive its restarts. In: paths. Out: texts; bounded in number and size."""

from posixpath import normpath

from consoles.drivers.scripted.linux.systems import ROOT, System

FILES, SIZE = 64, 16 * 1024
MISSING = "0b9d6f4e-1d7a-4c55-8f0e-5e3a9c7d2b41"
BROKEN = f"UUID={MISSING} /data ext4 defaults,x-systemd.device-timeout=15s 0 2\n"
SSHD = """\
Port 22
PermitRootLogin no
PasswordAuthentication yes
UsePAM yes
Subsystem sftp /usr/lib/openssh/sftp-server
"""
FOLDERS = {
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
}


class DiskFull(Exception):
    pass


class Disk:
    def __init__(self, system: System, name: str, broken: bool) -> None:
        self.files = {
            "/etc/fstab": f"# <file system> <mount point> <type> <options> <dump> <pass>\n"
            f"UUID={ROOT} / ext4 rw,discard,errors=remount-ro 0 1\n{BROKEN if broken else ''}",
            "/etc/hostname": f"{name}\n",
            "/etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n",
            "/etc/os-release": f'PRETTY_NAME="{system.pretty}"\nVERSION_ID="{system.version_id}"\nID={system.id}\n',
            "/etc/issue": system.issue("\\n").replace("ttyS0", "\\l"),
            "/etc/motd": "Every change to this machine is forgotten when its script starts anew.\n",
            "/etc/ssh/sshd_config": SSHD,
            "/etc/default/grub": 'GRUB_TIMEOUT=5\nGRUB_TERMINAL="serial console"\n'
            'GRUB_SERIAL_COMMAND="serial --speed=115200"\n',
            "/root/.profile": "mesg n\n",
        }

    def write(self, path: str, text: str) -> None:
        if len(text) > SIZE or (path not in self.files and len(self.files) >= FILES):
            raise DiskFull
        self.files[path] = text

    def is_folder(self, path: str) -> bool:
        inside = path.rstrip("/") + "/"
        top = path.strip("/")
        return path == "/" or top in FOLDERS or any(name.startswith(inside) for name in self.files)

    def names(self, path: str) -> list[str]:
        inside = path.rstrip("/") + "/"
        found = {name[len(inside) :].split("/")[0] for name in self.files if name.startswith(inside)}
        return sorted(found | (FOLDERS if path == "/" else set()))

    def missing_device(self) -> str:
        """The UUID that the file system table waits for in vain."""
        for line in self.files.get("/etc/fstab", "").splitlines():
            words = line.split()
            if len(words) > 3 and words[0].startswith("UUID=") and "nofail" not in words[3]:
                uuid = words[0].removeprefix("UUID=").strip('"')
                if uuid != ROOT:
                    return uuid
        return ""


def resolved(path: str, place: str) -> str:
    return "/" + normpath(path if path.startswith("/") else f"{place}/{path}").lstrip("/")
