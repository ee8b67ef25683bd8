import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.run.programs import free_port, gone, toy

FOREVER = "import os, signal; print('up', os.getpid()); signal.pause()"
STUBBORN = "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', os.getpid()); signal.pause()"
FAMILY = (
    "import os, subprocess, sys, signal; "
    "child = subprocess.Popen([sys.executable, '-c', "
    "'import os, signal; os.setpgrp(); print(1, flush=True); signal.pause()'"
    "], stdout=subprocess.PIPE); child.stdout.readline(); print('up', os.getpid(), child.pid); signal.pause()"
)


SLOW = (
    "import os, signal, time\n"
    "def stop(*_): time.sleep(0.5); raise SystemExit\n"
    "signal.signal(signal.SIGTERM, stop); print('up', os.getpid()); signal.pause()"
)


def pids(line: str) -> list[int]:
    return [int(word) for word in line.split("up", 1)[1].split()]


def test_it_prefixes_the_lines_of_each_process(tmp_path: Path) -> None:
    with toy(tmp_path, f"web=print('serving'); {FOREVER}", f"worker=print('working'); {FOREVER}") as program:
        said = {program.until("ing"), program.until("ing")}
        assert said == {"web      | serving", "worker   | working"}


def test_it_shows_the_welcome_of_the_preparation_only_when_the_portal_is_ready(tmp_path: Path) -> None:
    prepare = "prepare=import sys; print('the password'); print('migrating', file=sys.stderr)"
    with toy(tmp_path, prepare, f"web={FOREVER}") as program:
        program.until("prepare  | migrating")
        program.until("Homeport is ready")
        assert program.until("the password") == "run      | the password"


def test_it_starts_nothing_when_the_preparation_fails(tmp_path: Path) -> None:
    with toy(tmp_path, "prepare=import sys; sys.exit('no database')", f"web={FOREVER}") as program:
        said = "\n".join(program.rest())
        assert program.ended() == 1
    assert "prepare  | no database" in said
    assert "web " not in said


def test_it_starts_a_process_that_dies_again(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={FOREVER}") as program:
        (first,) = pids(program.until("| up"))
        os.kill(first, signal.SIGKILL)
        program.until("web was ended by SIGKILL; starting it again in 1 s.")
        (second,) = pids(program.until("| up"))
        assert second != first


def test_it_waits_longer_from_death_to_death(tmp_path: Path) -> None:
    with toy(tmp_path, "web=import sys; sys.exit(3)") as program:
        program.until("web ended with code 3; starting it again in 1 s.")
        program.until("web ended with code 3; starting it again in 2 s.")


def test_what_a_dead_process_left_behind_ends_before_it_is_started_again(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={FAMILY}") as program:
        leader, orphan = pids(program.until("| up"))
        os.kill(leader, signal.SIGKILL)
        program.until("starting it again")
        assert gone(orphan, patience=0)


def test_it_stops_everything_on_ctrl_c_and_says_so_with_exit_code_0(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={FOREVER}", f"worker={FAMILY}", TOY_GRACE="1") as program:
        running = pids(program.until("| up")) + pids(program.until("| up"))
        program.process.send_signal(signal.SIGINT)
        assert program.ended() == 0
        assert "run      | Stopping." in program.rest()
        assert all(gone(pid, patience=0) for pid in running)


def test_it_kills_a_process_that_does_not_stop(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={STUBBORN}", TOY_GRACE="0.5") as program:
        (pid,) = pids(program.until("| up"))
        start = time.monotonic()
        program.process.send_signal(signal.SIGTERM)
        assert program.ended() == 0
        assert time.monotonic() - start < 15
        assert gone(pid, patience=0)


def test_asked_a_second_time_it_waits_for_nobody(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={STUBBORN}", TOY_GRACE="20") as program:
        program.until("| up")
        program.process.send_signal(signal.SIGINT)
        program.until("Stopping.")
        program.process.send_signal(signal.SIGINT)
        assert program.process.wait(timeout=10) == 0


def test_it_stops_during_the_preparation_too(tmp_path: Path) -> None:
    prepare = f"prepare=import sys; sys.stdout = sys.stderr; {FOREVER}"
    with toy(tmp_path, prepare, f"web={FOREVER}") as program:
        (pid,) = pids(program.until("| up"))
        program.process.send_signal(signal.SIGINT)
        assert program.ended() == 0
        assert gone(pid, patience=0)


def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={FOREVER}", f"worker={FAMILY}", TOY_REDIS="1") as program:
        running = pids(program.until("| up")) + pids(program.until("| up"))
        running += [child.pid for child in psutil.Process(program.process.pid).children()]
        assert len(set(running)) == len({"web", "worker", "the worker's child", "redis", "guard"})
        program.process.kill()
        assert all(gone(pid) for pid in running)


def test_a_new_supervisor_waits_for_what_a_killed_one_left(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={SLOW}") as killed:
        (old,) = pids(killed.until("| up"))
        killed.process.kill()
        with toy(tmp_path, f"web={FOREVER}") as program:
            program.until("| up")
            assert gone(old, patience=0)


def test_a_second_supervisor_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    with toy(tmp_path, f"web={FOREVER}") as first:
        first.until("| up")
        with toy(tmp_path, f"web={FOREVER}") as second:
            assert second.ended() == 1
            (sentence,) = second.rest()
    assert f"Homeport is already running on {tmp_path} (PID {first.process.pid})." in sentence


def test_the_private_redis_is_for_its_owner_only_and_stops_last(tmp_path: Path) -> None:
    goodbye = (
        "web=import os, signal, socket\n"
        "def stop(*_):\n"
        "    s = socket.socket(socket.AF_UNIX)\n"
        "    s.connect(os.environ['HOMEPORT_VAR'] + '/run/redis.sock')\n"
        "    s.sendall(b'PING\\r\\n')\n"
        "    print('redis said', s.recv(9).decode().strip())\n"
        "    raise SystemExit\n"
        "signal.signal(signal.SIGTERM, stop)\n"
        "print('up')\n"
        "signal.pause()"
    )
    with toy(tmp_path, goodbye, TOY_REDIS="1") as program:
        program.until("| up")
        assert (tmp_path / "run" / "redis.sock").stat().st_mode & 0o777 == 0o700
        program.process.send_signal(signal.SIGTERM)
        program.until("redis said +PONG")
        assert program.ended() == 0


def test_it_stops_when_nobody_reads_what_it_says(tmp_path: Path) -> None:
    chatty = "import os, signal; print('up', os.getpid(), flush=True)\nwhile True: print('more')"
    command = [sys.executable, "-m", "tests.run.toy", str(tmp_path), str(free_port()), f"web={chatty}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        (pid,) = pids(next(line for line in process.stdout if "up" in line))
        process.stdout.close()
        assert process.wait(timeout=20) == 0
        assert gone(pid, patience=0)
