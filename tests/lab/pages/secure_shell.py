"""SSH into a guest, as its operator. In: the port of this machine that leads there. Out: whether it lets one in."""

import os
import subprocess
import time
from pathlib import Path

PASSWORD = Path(__file__).parents[1] / "password"
OPTIONS = {
    "StrictHostKeyChecking": "no",
    "UserKnownHostsFile": "/dev/null",
    "LogLevel": "ERROR",
    "NumberOfPasswordPrompts": "1",
}


def ssh(port: int, seconds: int) -> str:
    """What the guest says its kernel is, or what ssh says instead. The password comes from a program, as ssh has no option for it."""
    environment = {**os.environ, "SSH_ASKPASS": str(PASSWORD), "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":"}
    options = [f"-o{name}={value}" for name, value in {**OPTIONS, "ConnectTimeout": seconds}.items()]
    command = ["ssh", *options, "-p", str(port), "operator@127.0.0.1", "uname"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (done.stdout or done.stderr).strip()


def lets_in(port: int, patience: float) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if ssh(port, 30) == "Linux":
            return True
        time.sleep(1)
    return False
