"""Commands about the network. In: words. Out: one card, one route, sshd listening."""

from typing import TYPE_CHECKING

from consoles.drivers.scripted.linux.commands.base import Failed, Text

if TYPE_CHECKING:
    from consoles.drivers.scripted.linux.shell import Session

ADDRESSES = """\
1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: ens3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000
    link/ether 52:54:00:12:34:56 brd ff:ff:ff:ff:ff:ff
    inet 10.0.2.15/24 brd 10.0.2.255 scope global dynamic ens3
       valid_lft 84611sec preferred_lft 84611sec
"""
ROUTES = "default via 10.0.2.2 dev ens3\n10.0.2.0/24 dev ens3 proto kernel scope link src 10.0.2.15\n"
SOCKETS = """\
State    Recv-Q   Send-Q     Local Address:Port     Peer Address:Port  Process
LISTEN   0        128              0.0.0.0:22            0.0.0.0:*     {process}
LISTEN   0        128                 [::]:22               [::]:*     {process}
"""
RULES = """\
Chain INPUT (policy ACCEPT)
target     prot opt source               destination

Chain FORWARD (policy ACCEPT)
target     prot opt source               destination

Chain OUTPUT (policy ACCEPT)
target     prot opt source               destination
"""


def ip(session: "Session", words: list[str], piped: str) -> str:
    what = words[0] if words else ""
    if what and "address".startswith(what):
        return ADDRESSES
    if what and "route".startswith(what):
        return ROUTES
    raise Failed("Usage: ip [ addr | route ]", 255)


def ss(session: "Session", words: list[str], piped: str) -> str:
    with_process = any(word.startswith("-") and "p" in word for word in words)
    text = SOCKETS.format(process='users:(("sshd",pid=521,fd=3))' if with_process else "")
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


TEXTS: dict[str, Text] = {
    "ip": ip,
    "ss": ss,
    "iptables": lambda session, words, piped: RULES,
    "nft": lambda session, words, piped: "",
}
