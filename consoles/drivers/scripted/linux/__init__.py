"""A Linux machine: kernel, systemd, a login, a shell, and what breaks."""
