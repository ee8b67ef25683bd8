"""A boot loader on a serial line: its menu, its editor, its command line."""
