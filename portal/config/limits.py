"""What a process asks of the system it runs on."""

import resource


def raise_the_limit_of_files() -> None:
    """Each line, viewer and machine is one; few systems' soft limit lets a thousand in."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
