"""How trouble and prompts look in what a guest prints. In: the bytes around a word that may mean one. Out: a pattern that tells.

A sign has its place: kernels, boot loaders and login programs begin a line with it. Whoever writes or reads about one mostly does not.
"""

import re
from typing import NamedTuple

ESCAPE = rb"(?:\x1b(?:\[[0-9;?]{0,16}[@-~]|[()][0-9A-Z]|[=>78]))"
STAMPED = re.compile(rb"\[ *\d+\.\d{6}\]")
STAMP = rb"\[ *\d{1,7}\.\d{6}\](?:\[ *[TC]\d{1,7}\])?_"


def _sign(written: bytes) -> re.Pattern[bytes]:
    """`_` is a space, which colours and moves of the cursor may stand around."""
    around = ESCAPE + rb"{0,4}"
    return re.compile(around + rb"(?:" + written.replace(b"_", around + b" " + around) + rb")")


class Sign(NamedTuple):
    """`word` is looked for in everything, so it is rare and nothing stands in it; the pattern only from the start of its line, or around it."""

    kind: str
    word: bytes
    pattern: re.Pattern[bytes]
    begins_a_line: bool = True


PANIC = (
    STAMP + rb"(?:Kernel_panic_-_not_syncing|---\[_end_Kernel_panic)"
    # without a time it may be anybody's text: what the kernel says next makes it the kernel's
    rb"|Kernel_panic_-_not_syncing:_[^\r\n]{0,200}\r?\n"
    rb"(?:CPU:_\d|Pid:_\d|Kernel_Offset:_|Rebooting_in_\d|---\[_end_Kernel)"
    rb"|---\[_end_Kernel_panic_-_not_syncing"
)
# the first since its boot: those that follow say nothing new
OOPS = (
    STAMP + rb"\w[^\r\n]{2,120} \[#1\]"
    rb"|(?:Oops|Internal error|general protection fault|invalid opcode|divide error)"
    rb"[^\r\n]{0,100} \[#1\]_(?:SMP|PREEMPT)"
)
EMERGENCY = (
    rb"(?:You_are_in|Welcome_to)_emergency_mode[.!]_After_logging_in"
    rb"|Entering_emergency_mode\._Exit_the_shell"
    rb"|initramfs_emergency_recovery_shell_launched"
)
FSCK = (
    rb"\S[^\r\n]{0,120}(?:UNEXPECTED_INCONSISTENCY;_RUN_fsck_MANUALLY"
    rb"|fsck_failed_with_(?:exit_status|error_code)_\d"
    rb"|requires_a_manual_fsck)"
    rb"|fsck_exited_with_status_code_(?:[4-9]|[1-9]\d)"
)
# it waits for an answer: nothing follows but what a kernel or an init says meanwhile
LOGIN = rb"(?!(?:Last|last|Failed|Invalid) )(?:[\w.()-]{1,64}_)?login:(?:_)?(?:\Z|\r?\n?\[)"

SIGNS = (
    Sign("panic", b"syncing", _sign(PANIC)),
    Sign("oops", b"[#1]", _sign(OOPS)),
    Sign("emergency", b"mergency", _sign(EMERGENCY)),
    Sign("fsck", b"fsck", _sign(FSCK)),
    Sign("grub", b"GRUB  version", _sign(rb"GNU_GRUB  version_\d"), begins_a_line=False),
    Sign("login", b"login:", _sign(LOGIN)),
)

# these stand alone at the very end, and are looked for only there
PROMPT = re.compile(
    rb"[\r\n]%b{0,4}(?:(?P<sac>SAC>)|(?P<grub>grub(?: rescue)?>)|(?P<emergency>\(initramfs\))) ?%b{0,8}\Z"
    % (ESCAPE, ESCAPE)
)
PROMPTS = (b"SAC>", b"grub", b"(initramfs)")
