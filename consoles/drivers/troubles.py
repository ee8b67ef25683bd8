"""Why an endpoint could not be opened. In: an error of the operating system's or of pySerial's. Out: Trouble, in its own words."""

import errno
import os
import socket
import termios

from consoles.drivers.base import BUSY, CLOSED, DENIED, FAILED, MISSING, TIMEOUT, UNREACHABLE, Trouble

CODES = {
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
    errno.ENXIO: MISSING,
    errno.ENODEV: MISSING,
    errno.EACCES: DENIED,
    errno.EPERM: DENIED,
    errno.EBUSY: BUSY,
    errno.EAGAIN: BUSY,
    errno.ECONNREFUSED: UNREACHABLE,
    errno.EHOSTUNREACH: UNREACHABLE,
    errno.EHOSTDOWN: UNREACHABLE,
    errno.ENETUNREACH: UNREACHABLE,
    errno.ENETDOWN: UNREACHABLE,
    errno.EADDRNOTAVAIL: UNREACHABLE,
    errno.EPIPE: CLOSED,
    errno.ECONNRESET: CLOSED,
    errno.ECONNABORTED: CLOSED,
    errno.ETIMEDOUT: TIMEOUT,
}


def from_error(error: Exception) -> Trouble:
    cause = _cause(error)
    if isinstance(cause, socket.gaierror):
        return Trouble(UNREACHABLE, cause.strerror or str(cause))
    if isinstance(cause, TimeoutError):
        return Trouble(TIMEOUT, os.strerror(errno.ETIMEDOUT))
    number = _number(cause)
    if number:
        return Trouble(CODES.get(number, FAILED), os.strerror(number))
    return Trouble(FAILED, str(error))


def _cause(error: BaseException) -> BaseException:
    """pySerial tells some errors on as sentences without a number; the original one hangs behind them."""
    while not _number(error) and error.__context__ is not None:
        error = error.__context__
    return error


def _number(error: BaseException) -> int:
    if isinstance(error, OSError):
        return error.errno or 0
    return int(error.args[0]) if isinstance(error, termios.error) else 0
