"""What distributions call themselves and their kernels. In: the name in the URL. Out: the words of their boot and login."""

from dataclasses import dataclass

from consoles.drivers.scripted.grub.menu import Entry

ROOT = "3f6b2c1e-6c0d-4b53-9a51-0a4f1d2f7c11"


@dataclass(frozen=True)
class System:
    id: str
    pretty: str
    version_id: str
    kernel: str
    built: str
    boot_loader: str
    prompt: str
    ssh: str

    @property
    def title(self) -> str:
        return {"debian": "Debian GNU/Linux", "ubuntu": "Ubuntu"}.get(self.id, self.pretty)

    def issue(self, name: str) -> str:
        if self.id == "rhel":
            return f"{self.pretty}\nKernel {self.kernel} on an x86_64\n\n"
        return f"{self.pretty} {name} ttyS0\n\n"

    def entries(self) -> list[Entry]:
        title = f"{self.title}, with Linux {self.kernel}"
        normal, recovery = self._commands(), self._commands(" single")
        inside = [Entry(title, normal), Entry(f"{title} (recovery mode)", recovery)]
        if self.id == "rhel":
            return [Entry(f"{self.pretty} ({self.kernel})", normal), Entry("Rescue (0-rescue)", recovery)]
        return [Entry(self.title, normal), Entry(f"Advanced options for {self.title}", inside=inside)]

    def _commands(self, more: str = "") -> list[str]:
        arguments = f"root=UUID={ROOT} ro console=tty0 console=ttyS0,115200{more}"
        return [
            "        load_video",
            "        insmod gzio",
            "        insmod part_gpt",
            "        insmod ext2",
            f"        search --no-floppy --fs-uuid --set=root {ROOT}",
            "        echo    'Loading Linux ...'",
            f"        linux   /boot/vmlinuz-{self.kernel} {arguments}",
            "        echo    'Loading initial ramdisk ...'",
            f"        initrd  /boot/initrd.img-{self.kernel}",
        ]


SYSTEMS = {
    "debian": System(
        "debian",
        "Debian GNU/Linux 12",
        "12",
        "6.1.0-26-cloud-amd64",
        "#1 SMP PREEMPT_DYNAMIC Debian 6.1.112-1 (2024-09-30)",
        "2.06-13+deb12u1",
        "{user}@{name}:{place}{sign} ",
        "ssh",
    ),
    "ubuntu": System(
        "ubuntu",
        "Ubuntu 24.04.1 LTS",
        "24.04",
        "6.8.0-48-generic",
        "#48-Ubuntu SMP PREEMPT_DYNAMIC Fri Sep 27 14:04:52 UTC 2024",
        "2.12",
        "{user}@{name}:{place}{sign} ",
        "ssh",
    ),
    "rhel": System(
        "rhel",
        "Red Hat Enterprise Linux 9.4 (Plow)",
        "9.4",
        "5.14.0-427.13.1.el9_4.x86_64",
        "#1 SMP PREEMPT_DYNAMIC Wed Apr 10 10:29:16 EDT 2024",
        "2.06",
        "[{user}@{name} {place}]{sign} ",
        "sshd",
    ),
}
