"""A program of its own, which speaks to one libvirt. In: a line of JSON per call, on its input. Out: a line per answer or event.

It runs under whichever Python has libvirt's module, so it imports nothing else of Homeport's; when its input ends, so does it.
"""

import base64
import json
import os
import re
import struct
import sys
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import libvirt
import libvirt_qemu

AT_ONCE = 64  # calls: a domain that does not answer holds up its own only
ALIVE = 5, 3  # a host that says nothing is asked every five seconds, and gone after the third silence
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
LARGEST = 64 * 1024 * 1024  # of a picture as the display has it
LONGEST_ANSWER = 1024 * 1024
PPM = re.compile(rb"P6\s+(\d+)\s+(\d+)\s+255\s")

writing = threading.Lock()


def say(**what: Any) -> None:
    with writing:
        sys.stdout.write(json.dumps(what) + "\n")
        sys.stdout.flush()


class Speaking:
    def __init__(self, connection: libvirt.virConnect) -> None:
        self.connection = connection
        self.watched: dict[str, list[int]] = {}

    def domain(self, name: str) -> libvirt.virDomain:
        if UUID.fullmatch(name):
            return self.connection.lookupByUUIDString(name)
        return self.connection.lookupByName(name)

    def answer(self, asked: dict[str, Any]) -> None:
        try:
            domain = self.domain(asked["domain"])
            special = getattr(self, f"do_{asked['do']}", None)
            act = getattr(domain, asked["do"]) if special is None else special
            value = act(*asked["with"]) if special is None else special(domain, *asked["with"])
            say(id=asked["id"], done=value)
        except libvirt.libvirtError as error:
            say(id=asked["id"], failed=[error.get_error_code(), error.get_error_message() or str(error)])
        except Exception as error:
            say(id=asked["id"], failed=[0, f"{type(error).__name__}: {error}"])

    def do_agent(self, domain: libvirt.virDomain, command: str, seconds: int) -> Any:
        said = libvirt_qemu.qemuAgentCommand(domain, command, seconds, 0)
        if len(said) > LONGEST_ANSWER:
            raise ValueError(f"the agent's answer has more than {LONGEST_ANSWER} bytes")
        return json.loads(said)

    def do_attached(self, domain: libvirt.virDomain) -> bool:
        """Whether somebody reads its console: then no second stream can be had."""
        stream = self.connection.newStream(libvirt.VIR_STREAM_NONBLOCK)
        try:
            domain.openConsole(None, stream, 0)
        except libvirt.libvirtError:
            return True
        stream.abort()
        return False

    def do_picture(self, domain: libvirt.virDomain) -> str:
        stream = self.connection.newStream(0)
        domain.screenshot(stream, 0)
        data = b""
        while piece := stream.recv(256 * 1024):
            data += piece
            if len(data) > LARGEST:
                stream.abort()
                raise ValueError(f"the picture has more than {LARGEST} bytes")
        stream.finish()
        return base64.b64encode(png(data)).decode()

    def do_watch(self, domain: libvirt.virDomain, name: str) -> None:
        def lifecycle(_: Any, __: Any, event: int, detail: int, ___: Any) -> None:
            say(event="lifecycle", domain=name, number=event, detail=detail)

        def reboot(_: Any, __: Any, ___: Any) -> None:
            say(event="reboot", domain=name)

        kinds = {libvirt.VIR_DOMAIN_EVENT_ID_LIFECYCLE: lifecycle, libvirt.VIR_DOMAIN_EVENT_ID_REBOOT: reboot}
        register = self.connection.domainEventRegisterAny
        self.watched[name] = [register(domain, kind, told, None) for kind, told in kinds.items()]

    def do_leave(self, _: libvirt.virDomain, name: str) -> None:
        for number in self.watched.pop(name, []):
            self.connection.domainEventDeregisterAny(number)


def png(data: bytes) -> bytes:
    """libvirt takes a QEMU's picture as PPM."""
    if data.startswith(b"\x89PNG"):
        return data
    head = PPM.match(data)
    if head is None:
        raise ValueError("the picture is neither PPM nor PNG")
    width, height = int(head[1]), int(head[2])
    rows = (data[head.end() + y * width * 3 :][: width * 3] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows), 6)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def run_events() -> None:
    while True:
        libvirt.virEventRunDefaultImpl()


def gone(_: Any, reason: int, __: Any) -> None:
    say(gone=reason)
    os._exit(1)


def connected(uri: str) -> libvirt.virConnect:
    libvirt.registerErrorHandler(lambda _, error: None, None)
    libvirt.virEventRegisterDefaultImpl()
    threading.Thread(target=run_events, daemon=True).start()
    connection = libvirt.open(uri)
    connection.registerCloseCallback(gone, None)
    connection.setKeepAlive(*ALIVE)
    return connection


def main() -> None:
    try:
        speaking = Speaking(connected(sys.argv[1]))
    except libvirt.libvirtError as error:
        say(failed=[error.get_error_code(), error.get_error_message() or str(error)])
        os._exit(1)
    say(ready=True)
    pool = ThreadPoolExecutor(AT_ONCE)
    for line in sys.stdin:
        pool.submit(speaking.answer, json.loads(line))
    os._exit(0)  # whatever still waits for an answer has nobody left to tell


if __name__ == "__main__":
    main()
