"""Archives a host in a process that is killed, a little later each time, until one is not. Prints how many were."""

import os
import signal
import sys
import time

import django

FIRST, LONGER = 0.001, 1.2


def main(host: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    django.setup()
    from consoles.archive.objects import Objects
    from consoles.archive.rounds import archive_host

    kills, pause = 0, FIRST
    while True:
        child = os.fork()
        if not child:
            archive_host(host, Objects(), 60)
            os._exit(0)
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        if os.WIFEXITED(os.waitpid(child, 0)[1]):
            print(kills)
            return
        kills, pause = kills + 1, pause * LONGER


if __name__ == "__main__":
    main(sys.argv[1])
