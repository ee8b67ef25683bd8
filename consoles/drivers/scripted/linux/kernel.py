"""The kernel's own lines. In: a system, the command line, how long it runs. Out: lines with their second, as on ttyS0."""

from consoles.drivers.scripted.linux.systems import System

Line = tuple[float, str]

BOOT: list[Line] = [
    (0.0, "Linux version {kernel} (gcc, GNU ld) {built}"),
    (0.0, "Command line: BOOT_IMAGE={command_line}"),
    (0.0, "BIOS-provided physical RAM map:"),
    (0.0, "BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable"),
    (0.0, "BIOS-e820: [mem 0x0000000000100000-0x000000003ffdefff] usable"),
    (0.0, "BIOS-e820: [mem 0x000000003ffdf000-0x000000003fffffff] reserved"),
    (0.0, "NX (Execute Disable) protection: active"),
    (0.0, "SMBIOS 2.8 present."),
    (0.0, "DMI: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014"),
    (0.0, "Hypervisor detected: KVM"),
    (0.000021, "tsc: Detected 2294.608 MHz processor"),
    (0.000938, "last_pfn = 0x3ffdf max_arch_pfn = 0x400000000"),
    (0.011204, "ACPI: Early table checksum verification disabled"),
    (0.012877, "ACPI: RSDP 0x00000000000F5270 000014 (v00 BOCHS )"),
    (0.019116, "Zone ranges:"),
    (0.019118, "  DMA32    [mem 0x0000000001000000-0x000000003ffdefff]"),
    (0.041870, "smpboot: Allowing 2 CPUs, 0 hotplug CPUs"),
    (0.058331, "Built 1 zonelists, mobility grouping on.  Total pages: 257759"),
    (0.058934, "Kernel command line: BOOT_IMAGE={command_line}"),
    (0.071520, "Memory: 983164K/1048052K available"),
    (0.093477, "rcu: Hierarchical RCU implementation."),
    (0.104412, "NR_IRQS: 524544, nr_irqs: 440, preallocated irqs: 16"),
    (0.121908, "Console: colour VGA+ 80x25"),
    (0.122306, "printk: console [tty0] enabled"),
    (0.187113, "printk: console [ttyS0] enabled"),
    (0.188840, "ACPI: Core revision 20220331"),
    (0.314552, "smpboot: CPU0: Intel Xeon Processor (family: 0x6, model: 0x8e, stepping: 0x9)"),
    (0.392170, "smp: Bringing up secondary CPUs ..."),
    (0.412996, "smp: Brought up 1 node, 2 CPUs"),
    (0.447301, "devtmpfs: initialized"),
    (0.480116, "NET: Registered PF_NETLINK/PF_ROUTE protocol family"),
    (0.561943, "PCI: Using configuration type 1 for base access"),
    (0.712284, "SCSI subsystem initialized"),
    (0.804711, "clocksource: Switched to clocksource tsc-early"),
    (0.893027, "NET: Registered PF_INET protocol family"),
    (0.961204, "Trying to unpack rootfs image as initramfs..."),
    (1.204418, "Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled"),
    (1.207730, "serial8250: ttyS0 at I/O 0x3f8 (irq = 4, base_baud = 115200) is a 16550A"),
    (1.288116, "i8042: PNP: PS/2 Controller [PNP0303:KBD,PNP0f13:MOU] at 0x60,0x64 irq 1,12"),
    (1.360442, "rtc_cmos 00:05: RTC can wake from S4"),
    (1.431180, "NET: Registered PF_INET6 protocol family"),
    (1.502917, "Freeing unused kernel image (initmem) memory: 2788K"),
    (1.510044, "Run /init as init process"),
]
DISK: list[Line] = [
    (1.744205, "virtio_blk virtio1: [vda] 41943040 512-byte logical blocks (21.5 GB/20.0 GiB)"),
    (1.751893, " vda: vda1 vda14 vda15"),
    (1.903316, "virtio_net virtio0 ens3: renamed from eth0"),
    (2.318804, "EXT4-fs (vda1): mounted filesystem with ordered data mode. Quota mode: none."),
]
NO_ROOT: list[Line] = [
    (1.744205, "List of all partitions:"),
    (1.744911, "fe00        20971520 vda"),
    (1.745102, " driver: virtio_blk"),
    (1.745633, "No filesystem could mount root, tried: "),
    (1.746018, ""),
]
NMI = [
    "Uhhuh. NMI received for unknown reason 30 on CPU 0.",
    "Dazed and confused, but trying to continue",
]
CALLS = """\
CPU: {cpu} PID: {pid} Comm: {command} Not tainted {kernel} {built}
Hardware name: QEMU Standard PC (Q35 + ICH9, 2009), BIOS 1.16.2-debian-1.16.2-1 04/01/2014
Call Trace:
 <TASK>
 dump_stack_lvl+0x44/0x5c
 panic+0x118/0x2ed
{frames}
 </TASK>
Kernel Offset: 0x2e400000 from 0xffffffff81000000 (relocation range: 0xffffffff80000000-0xffffffffbfffffff)
---[ end Kernel panic - not syncing: {why} ]---"""
FRAMES = {
    "sysrq": (
        "bash",
        " sysrq_handle_crash+0x16/0x20\n __handle_sysrq.cold+0x45/0xf2\n uart_handle_break+0x5e/0x80\n"
        " serial8250_rx_chars+0x4b/0xa0",
    ),
    "mount": (
        "swapper/0",
        " mount_block_root+0x1d3/0x2a7\n prepare_namespace+0x136/0x165\n kernel_init_freeable+0x29b/0x2c7\n"
        " kernel_init+0x16/0x130\n ret_from_fork+0x22/0x30",
    ),
    "init": (
        "bash",
        " do_exit.cold+0x15/0x15\n do_group_exit+0x2d/0x90\n __x64_sys_exit_group+0x14/0x20\n"
        " do_syscall_64+0x58/0xc0",
    ),
}
PANICS = {
    "sysrq": "sysrq triggered crash",
    "mount": "VFS: Unable to mount root fs on unknown-block(0,0)",
    "init": "Attempted to kill init! exitcode=0x00000000",
}


def stamped(second: float, text: str) -> str:
    return f"[{second:12.6f}] {text}"


def boot(system: System, command_line: str, rootless: bool = False) -> list[Line]:
    said = {"kernel": system.kernel, "built": system.built, "command_line": command_line}
    return [(second, text.format(**said)) for second, text in BOOT + (NO_ROOT if rootless else DISK)]


def panic(system: System, kind: str) -> list[str]:
    command, frames = FRAMES[kind]
    why = PANICS[kind]
    text = CALLS.format(
        cpu=0,
        pid=1 if kind != "sysrq" else 412,
        command=command,
        frames=frames,
        why=why,
        kernel=system.kernel,
        built=system.built,
    )
    return [f"Kernel panic - not syncing: {why}", *text.split("\n")]
