"""Checks before anything starts that the ports are free, and says who has one that is not."""

import errno
import socket

import psutil

from portal.run.errors import CannotStartError
from portal.run.options import Options


def check(options: Options) -> None:
    for port, variable in (
        (options.http_port, "HOMEPORT_HTTP_PORT"),
        (options.https_port, "HOMEPORT_HTTPS_PORT"),
    ):
        if port:
            _check(options.bind, port, variable)


def _check(bind: str, port: int, variable: str) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
            probe.listen()
        except OSError as error:
            raise CannotStartError(_sentence(error, bind, port, variable)) from error


def _sentence(error: OSError, bind: str, port: int, variable: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use{_holder(port)}. Stop that program, or set {variable} to another port."
    if error.errno == errno.EACCES:
        return f"Port {port} may only be opened by root. Set {variable} to a port above 1023."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOMEPORT_BIND is {bind}, which is no address of this machine. Set it to one that is, such as 127.0.0.1."
    return f"Port {port} cannot be opened on {bind}: {error.strerror}."


def _holder(port: int) -> str:
    """Which program listens there; other users' programs cannot always be told."""
    try:
        connections = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        return ""
    pids = {
        c.pid for c in connections if c.status == psutil.CONN_LISTEN and c.laddr[1:2] == (port,) and c.pid
    }
    return "".join(f" by {_name(pid)} (PID {pid})" for pid in sorted(pids)[:1])


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return "a program"
