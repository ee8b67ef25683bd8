"""What hangs up a terminal's logins, run in the guest by its agent. In: a terminal's name. Out: a shell script, for any Linux's sh.

The sessions on a terminal are those whose processes have it as their controlling terminal. What only waits for somebody is
left alone, by its name and its being root's: it is what the next person signs in with. So is the first process, without which
the kernel would panic.
"""

import re

from portal.machines.base import CANNOT, Failed

TTY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}")

SCRIPT = r"""
IFS=: read -r major minor < "/sys/class/tty/$1/dev" || exit 1
number=$((major << 8 | minor & 255 | minor >> 8 << 20)) pids= count=0
for folder in /proc/[0-9]*; do
    read -r line < "$folder/stat" || continue
    name=${line#*(} name=${name%)*} pid=${folder#/proc/}
    set -- ${line##*) }
    [ "$5" = "$number" ] && [ "$pid" != 1 ] || continue
    case $name in getty | agetty | mgetty | login | sulogin) [ -O "$folder" ] && continue ;; esac
    pids="$pids $pid" count=$((count + 1))
done 2> /dev/null
[ -z "$pids" ] || { kill -HUP $pids; kill -CONT $pids; } 2> /dev/null
echo "$count"
"""


def checked(tty: str) -> str:
    if not TTY.fullmatch(tty):
        raise Failed(CANNOT, f"{tty} is no terminal's name")
    return tty
