"""Real guests under QEMU, built from Debian's packages alone: a small Linux, GRUB on a disk, a full Debian and broken ones.

Knows no Django: the set-up, the demonstration and the tests build with it, and the driver of machines runs what it wrote.
"""
