"""A program of its own, which holds consoles of one libvirt. In: packets on its input, each with a socket for a line. Out: packets there.

It runs under whichever Python has libvirt's module, so it imports nothing else of Homeport's; when its input ends, so does it.
"""

import json
import os
import re
import socket
import sys
import threading
from contextlib import suppress
from typing import Any
from xml.etree import ElementTree

import libvirt
import libvirt_qemu

ALIVE = 5, 3  # a host that says nothing is asked every five seconds, and gone after the third silence
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
PIECE = 64 * 1024
TYPED = 1024
LATER = -2  # what libvirt returns where it would have to wait
LARGEST = 64 * 1024
OVER = libvirt.VIR_STREAM_EVENT_ERROR | libvirt.VIR_STREAM_EVENT_HANGUP


class Line:
    """One console. Reading one side stops while the other has not taken what was read: whoever is slow is waited for."""

    def __init__(self, stream: libvirt.virStream, far: socket.socket) -> None:
        far.setblocking(False)
        self.stream, self.far = stream, far
        self.printed = self.typed = b""
        self.over = self.closed = False
        self.watch = libvirt.virEventAddHandle(
            far.fileno(), libvirt.VIR_EVENT_HANDLE_READABLE, self.on_socket, None
        )
        try:
            stream.eventAddCallback(libvirt.VIR_STREAM_EVENT_READABLE | OVER, self.on_stream, None)
        except libvirt.libvirtError:
            libvirt.virEventRemoveHandle(self.watch)
            raise

    def on_stream(self, _: libvirt.virStream, events: int, __: Any) -> None:
        try:
            if events & libvirt.VIR_STREAM_EVENT_READABLE:
                self.take(self.stream.recv(PIECE))
            if events & libvirt.VIR_STREAM_EVENT_WRITABLE:
                self.type()
            self.over = self.over or bool(events & OVER)
            self.settle()
        except (libvirt.libvirtError, OSError):
            self.close()

    def on_socket(self, _: int, __: int, events: int, ___: Any) -> None:
        try:
            if events & libvirt.VIR_EVENT_HANDLE_READABLE:
                self.hear()
                self.type()
            self.settle()
        except (libvirt.libvirtError, OSError):
            self.close()

    def take(self, data: Any) -> None:
        if data == b"":
            self.over = True
        elif data != LATER:
            self.printed += data

    def hear(self) -> None:
        with suppress(BlockingIOError):
            data = self.far.recv(TYPED)
            self.typed += data
            if not data:  # the hub let go of it
                self.over, self.printed = True, b""

    def type(self) -> None:
        taken = self.stream.send(self.typed) if self.typed else 0
        self.typed = self.typed[max(taken, 0) :]

    def settle(self) -> None:
        """Passes on what was printed, and says what to wait for next."""
        with suppress(BlockingIOError):
            while self.printed:
                self.printed = self.printed[self.far.send(self.printed) :]
        if self.over and not self.printed:
            self.close()
            return
        socket_events = 0 if self.typed or self.over else libvirt.VIR_EVENT_HANDLE_READABLE
        stream_events = 0 if self.printed or self.over else libvirt.VIR_STREAM_EVENT_READABLE | OVER
        if self.printed:
            socket_events |= libvirt.VIR_EVENT_HANDLE_WRITABLE
        if self.typed and not self.over:
            stream_events |= libvirt.VIR_STREAM_EVENT_WRITABLE
        libvirt.virEventUpdateHandle(self.watch, socket_events)
        self.stream.eventUpdateCallback(stream_events)

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        libvirt.virEventRemoveHandle(self.watch)
        with suppress(libvirt.libvirtError):  # it may have ended by itself
            self.stream.eventRemoveCallback()
            self.stream.abort()
        self.far.close()


class Holding:
    def __init__(self, connection: libvirt.virConnect, control: socket.socket) -> None:
        self.connection, self.control = connection, control

    def say(self, **what: Any) -> None:
        self.control.send(json.dumps(what).encode())

    def answer(self, asked: dict[str, Any], fds: list[int]) -> None:
        try:
            domain = self.domain(asked["domain"])
            act = self.open if asked["do"] == "open" else self.send_break
            self.say(id=asked["id"], done=act(domain, asked, fds))
        except libvirt.libvirtError as error:
            self.say(id=asked["id"], failed=[error.get_error_code(), error.get_error_message() or str(error)])
        finally:
            for fd in fds:
                os.close(fd)

    def domain(self, name: str) -> libvirt.virDomain:
        if UUID.fullmatch(name):
            return self.connection.lookupByUUIDString(name)
        return self.connection.lookupByName(name)

    def open(self, domain: libvirt.virDomain, asked: dict[str, Any], fds: list[int]) -> dict[str, bool]:
        far = socket.socket(fileno=fds.pop())
        try:
            stream = self.connection.newStream(libvirt.VIR_STREAM_NONBLOCK)
            flags = libvirt.VIR_DOMAIN_CONSOLE_FORCE if asked["force"] else 0
            domain.openConsole(asked["device"] or None, stream, flags)
            Line(stream, far)
        except BaseException:
            far.close()
            raise
        return {"breaks": self.connection.getType() == "QEMU"}

    def send_break(self, domain: libvirt.virDomain, asked: dict[str, Any], _: list[int]) -> dict[str, bool]:
        """libvirt has no call for a BREAK; the monitor behind it has."""
        device = asked["device"] or first_serial(domain.XMLDesc(0))
        command = {"execute": "chardev-send-break", "arguments": {"id": f"char{device}"}}
        answer = json.loads(libvirt_qemu.qemuMonitorCommand(domain, json.dumps(command), 0))
        if "error" in answer:
            raise libvirt.libvirtError(str(answer["error"].get("desc")))
        return {}


def first_serial(xml: str) -> str:
    alias = ElementTree.fromstring(xml).find("devices/serial/alias")  # noqa: S314  # the host's own words
    return alias.get("name", "serial0") if alias is not None else "serial0"


def run_events() -> None:
    while True:
        libvirt.virEventRunDefaultImpl()


def connected(uri: str) -> libvirt.virConnect:
    libvirt.registerErrorHandler(lambda _, error: None, None)
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=run_events, daemon=True).start()
    connection = libvirt.open(uri)
    connection.registerCloseCallback(lambda *_: os._exit(1), None)
    connection.setKeepAlive(*ALIVE)
    return connection


def main() -> None:
    control = socket.socket(fileno=0)
    try:
        holding = Holding(connected(sys.argv[1]), control)
    except libvirt.libvirtError as error:
        failed = [error.get_error_code(), error.get_error_message() or str(error)]
        control.send(json.dumps({"failed": failed}).encode())
        os._exit(1)
    holding.say(ready=True)
    while True:
        data, fds, _, _ = socket.recv_fds(control, LARGEST, 1)
        if not data:
            os._exit(0)
        threading.Thread(target=holding.answer, args=(json.loads(data), fds), daemon=True).start()


if __name__ == "__main__":
    main()
