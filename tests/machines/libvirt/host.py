"""A libvirtd of the tests' own: its settings, sockets and state are in one folder, and it runs as nobody where the tests run as root.

So it is a `qemu:///session`, which touches nothing of the machine's, and needs neither systemd nor D-Bus.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from portal.lab.small import Small

PROGRAMS = "/usr/sbin:/usr/bin:/sbin:/bin"
LIBVIRTD = shutil.which("libvirtd", path=PROGRAMS)
MISSING = "libvirtd cannot be had: apt install libvirt-daemon-driver-qemu libvirt-clients python3-libvirt qemu-system-x86"
DOMAIN = """
<domain type="qemu">
  <name>{name}</name>
  <memory unit="MiB">128</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch="x86_64" machine="pc">hvm</type>
    <kernel>{kernel}</kernel>
    <initrd>{initrd}</initrd>
    <cmdline>console=tty0 console=ttyS0,115200 reboot=t quiet {append}</cmdline>
  </os>
  <features><acpi/><apic/><tcg><tb-cache unit="MiB">16</tb-cache></tcg></features>
  <on_crash>preserve</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <serial type="pty"><target port="0"/><log file="{folder}/{name}.log" append="on"/></serial>
    {devices}
  </devices>
  {more}
</domain>
"""
DISPLAY = '<video><model type="vga"/></video><graphics type="vnc" socket="{folder}/{name}.vnc"/>'
AGENT = '<channel type="unix"><target type="virtio" name="org.qemu.guest_agent.0"/></channel>'
PVPANIC = """<qemu:commandline xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
    <qemu:arg value="-device"/><qemu:arg value="pvpanic-pci,addr=0x1e"/>
  </qemu:commandline>"""


class Libvirtd:
    def __init__(self, built: Small) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hpl-"))
        self.socket = self.folder / "run" / "libvirt" / "libvirt-sock"
        self.kernel = self._for_guests(built.kernel)
        self.initrd = self._for_guests(built.agent_initrd)
        settings = self.folder / "config" / "libvirt"
        settings.mkdir(parents=True)
        (settings / "qemu.conf").write_text('stdio_handler = "file"\n')  # no virtlogd beside it
        (self.folder / "run").mkdir()
        self._own()
        self.begin()

    @property
    def connection(self) -> str:
        return f"qemu+unix:///session?socket={self.socket}"

    def url(self, domain: str, **more: str) -> str:
        given = "".join(f"&{name}={value}" for name, value in more.items())
        return f"libvirt+{self.connection}&domain={domain}{given}"

    def begin(self) -> None:
        places = {
            "HOME": "home",
            "XDG_RUNTIME_DIR": "run",
            "XDG_CONFIG_HOME": "config",
            "XDG_CACHE_HOME": "cache",
        }
        environment = {name: str(self.folder / folder) for name, folder in places.items()}
        identity = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        with (self.folder / "libvirtd.log").open("ab") as log:
            self.process = subprocess.Popen(
                [LIBVIRTD or ""],
                env={"PATH": PROGRAMS, **environment},
                cwd="/",
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity,  # type: ignore[arg-type]
            )
        wait_for(lambda: self.virsh("list", check=False).returncode == 0, 20, "libvirtd did not start")

    def kill(self) -> None:
        """Its domains live on."""
        self.process.kill()
        self.process.wait()

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        if self.process.poll() is not None:
            self.begin()  # what runs can only be ended by it
        for name in self.virsh("list", "--name").stdout.split():
            self.virsh("destroy", name, check=False)
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()
        shutil.rmtree(self.folder)

    def virsh(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["virsh", "-c", self.connection, *command],
            check=check,
            capture_output=True,
            text=True,
            timeout=30,
        )

    def define(self, name: str, *, append: str = "", devices: str = "", more: str = "") -> None:
        xml = DOMAIN.format(
            name=name,
            kernel=self.kernel,
            initrd=self.initrd,
            folder=self.folder / "run",
            append=append,
            devices=devices.format(name=name, folder=self.folder / "run"),
            more=more,
        )
        self.define_xml(xml)

    def define_xml(self, xml: str) -> None:
        path = self.folder / "domain.xml"
        path.write_text(xml)
        self.virsh("define", str(path))

    def forget(self, name: str) -> None:
        self.virsh("destroy", name, check=False)
        self.virsh("undefine", name)

    def log(self, name: str) -> bytes:
        path = self.folder / "run" / f"{name}.log"
        return path.read_bytes() if path.exists() else b""

    def _for_guests(self, path: Path) -> Path:
        copy = self.folder / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o644)
        return copy

    def _own(self) -> None:
        if os.geteuid() == 0:
            for path in [self.folder, *self.folder.rglob("*")]:
                shutil.chown(path, "nobody", "nogroup")


def wait_for(true: Callable[[], bool], seconds: float, otherwise: str) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, otherwise
        time.sleep(0.05)
