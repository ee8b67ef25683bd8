"""QEMU's command line. In: a specification. Out: what starts a machine that has exactly that, stopped, in the background."""

import json
from collections.abc import Iterator
from pathlib import Path

from portal.machines.qemu.spec import Disk, Network, Spec

PROGRAM = "qemu-system-x86_64"
AGENT_PORT = "org.qemu.guest_agent.0"


def command(spec: Spec, pid_file: Path) -> list[str]:
    return [
        PROGRAM,
        *_process(spec, pid_file),
        *_board(spec),
        *_boot(spec),
        *_monitors(spec),
        *_serial(spec),
        *_storage(spec),
        *(_network(spec.network) if spec.network else ()),
        *(_agent(spec) if spec.agent else ()),
    ]


def _process(spec: Spec, pid_file: Path) -> Iterator[str]:
    yield from ("-name", f"guest={_escaped(spec.name)}", "-daemonize", "-pidfile", str(pid_file))
    yield from ("-nodefaults", "-no-user-config")
    # -daemonize itself needs the right to fork; all that can be denied beside it is
    yield from ("-sandbox", "on,obsolete=deny,resourcecontrol=deny")
    # the process outlives its guest's end, so that its serial socket does
    yield from ("-S", "-action", "panic=none,shutdown=pause")


def _board(spec: Spec) -> Iterator[str]:
    if spec.accelerator == "kvm":
        yield from ("-accel", "kvm", "-cpu", "host")
    else:
        yield from ("-accel", f"tcg,tb-size={spec.tb_size}")
    yield from ("-m", str(spec.memory), "-smp", str(spec.cpus))
    yield from ("-display", "none", "-vga", "std" if spec.display else "none")
    if spec.pvpanic:
        yield from ("-device", "pvpanic-pci")  # the one for ISA has no driver in cloud kernels


def _boot(spec: Spec) -> Iterator[str]:
    if spec.firmware:
        yield from ("-bios", str(spec.firmware))
    if spec.kernel:
        yield from ("-kernel", str(spec.kernel))
        if spec.initrd:
            yield from ("-initrd", str(spec.initrd))
        if spec.append:
            yield from ("-append", spec.append)


def _monitors(spec: Spec) -> Iterator[str]:
    """One client each: acts, whoever follows the machine, and the hub's BREAK."""
    for name in ("qmp", "events", "break"):
        yield from ("-chardev", _server(name, spec.socket(name)), "-mon", f"chardev={name},mode=control")


def _serial(spec: Spec) -> Iterator[str]:
    log = f"logfile={_escaped(str(spec.serial_log))},logappend=on"
    yield from (
        "-chardev",
        f"{_server('serial0', spec.socket('serial'))},{log}",
        "-serial",
        "chardev:serial0",
    )


def _storage(spec: Spec) -> Iterator[str]:
    for number, disk in enumerate(spec.disks):
        yield from _drive(f"disk{number}", disk)
        yield from ("-device", f"virtio-blk-pci,drive=disk{number},bootindex={number + 1}")
    if spec.cdrom:
        yield from _drive("cdrom0", Disk(spec.cdrom), read_only=True)
        yield from ("-device", f"ide-cd,drive=cdrom0,bootindex={len(spec.disks) + 1}")


def _drive(name: str, disk: Disk, read_only: bool = False) -> Iterator[str]:
    file = {"driver": "file", "filename": str(disk.path)}
    yield "-blockdev"
    yield json.dumps(
        {
            "driver": disk.format,
            "node-name": name,
            "file": file,
            "read-only": read_only,
            "discard": "unmap",
        }
    )


def _network(network: Network) -> Iterator[str]:
    rules = [f"hostfwd=tcp:127.0.0.1:{host}-:{guest}" for host, guest in network.forward.items()]
    # QEMU's own network would let a guest reach this host's loopback, where Redis may listen
    restrict = f"restrict={'off' if network.outside else 'on'}"
    yield from ("-netdev", ",".join(["user,id=net0", restrict, *rules]))
    yield from ("-device", "virtio-net-pci,netdev=net0,romfile=")


def _agent(spec: Spec) -> Iterator[str]:
    yield from ("-device", "virtio-serial-pci", "-chardev", _server("agent", spec.socket("agent")))
    yield from ("-device", f"virtserialport,chardev=agent,name={AGENT_PORT}")


def _server(name: str, path: Path) -> str:
    return f"socket,id={name},path={_escaped(str(path))},server=on,wait=off"


def _escaped(text: str) -> str:
    return text.replace(",", ",,")
