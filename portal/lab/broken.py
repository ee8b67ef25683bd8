"""Debians that are broken on purpose: what each has wrong, how it looks, and what repairs it on its serial console.

A variant is a folder of files, `files/<name>`, laid over the Debian that works.
"""

from typing import NamedTuple


class Broken(NamedTuple):
    summary: str
    seen_as: str
    repair: tuple[str, ...]  # typed by root on ttyS0


VARIANTS = {
    "fstab": Broken(
        "A file system in /etc/fstab is missing.",
        "The boot ends in emergency mode and asks for root's password.",
        ("sed -i '/srv.data/d' /etc/fstab", "systemctl daemon-reload", "exit"),
    ),
    "sshd_config": Broken(
        "A word in sshd's configuration is wrong, so that sshd does not start.",
        "SSH says “Connection reset by peer”.",
        (
            "rm /etc/ssh/sshd_config.d/50-hardening.conf",
            "mkdir -p /run/sshd",  # systemd took it away when the service failed, and the check wants it
            "sshd -t",
            "systemctl reset-failed ssh",
            "systemctl restart ssh",
        ),
    ),
    "firewall": Broken(
        "A rule of the guest's own firewall drops SSH.",
        "SSH times out.",
        ("sed -i '/dport 22/d' /etc/nftables.conf", "nft -f /etc/nftables.conf"),
    ),
}
