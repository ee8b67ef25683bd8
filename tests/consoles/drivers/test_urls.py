"""Which URLs are serial endpoints: the portal, where people type them, and the drivers, which open them, say the same."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from consoles.drivers.base import BAD_URL, Host, Trouble
from consoles.drivers.opening import OPENERS, check, open_endpoint, shown
from consoles.drivers.urls import DEVICE, SCHEMES
from portal.fleet.endpoints import check_serial_url

GOOD = [
    "unix:///run/vm.sock",
    "unix:///run/a%20name%23.sock",
    "unix:///run/vm/serial.sock?qmp=/run/vm/break.sock",
    "unix:///run/vm/serial.sock?qmp=%2Frun%2Fa%20vm.sock&chardev=serial0",
    "tcp://127.0.0.1:4000",
    "tcp://[::1]:4000/",
    "TCP://Console.Example:1",
    "telnet://rack-3.example:65535",
    "rfc2217://127.0.0.1:4000?ign_set_control",
    "rfc2217://127.0.0.1:4000?ign_set_control=1&baud=9600&parity=E",
    "/dev/ttyUSB0",
    "/dev/serial/by-id/usb-A:1",
    "/dev/ttyS0?baud=115200&parity=N&bits=8&stop=1.5&flow=rtscts",
    "pty:///bin/sh?arg=-c&arg=echo%20%26",
    "pty:///bin/sh",
    "loop://",
    "libvirt+qemu:///system?domain=web-1",
    "libvirt+qemu+ssh://root@rack-3.example:22/system?domain=web%201&device=serial1&force=1",
    "libvirt+qemu+unix:///session?domain=web-1&socket=/run/libvirt/libvirt-sock",
    "scripted://linux-login/web-1?speed=0",
]
BAD = {
    "": "is no serial endpoint",
    "web-1": "is no serial endpoint",
    "http://127.0.0.1": "is no serial endpoint",
    "/etc/passwd": "is no serial endpoint",
    "/dev/": "is no serial endpoint",
    "/dev/.": "is no serial endpoint",
    "/dev/../etc/passwd": "is no serial endpoint",
    "/dev/%2e%2e/etc/passwd": "is no serial endpoint",
    "tcp://[::1:4000": "is not a URL",
    "tcp://127.0.0.1": "needs a host and a port",
    "tcp://:4000": "needs a host and a port",
    "tcp://127.0.0.1:4000/path": "needs a host and a port and nothing else",
    "tcp://127.0.0.1:0": "a number from 1 to 65535",
    "telnet://127.0.0.1:65536": "a number from 1 to 65535",
    "rfc2217://127.0.0.1:x": "a number from 1 to 65535",
    "tcp://root:secret@127.0.0.1:4000": "names a user",
    "unix://run/vm.sock": "needs an absolute path",
    "unix://": "needs an absolute path",
    "pty:///": "needs an absolute path",
    "unix:///run/%00": "needs an absolute path",
    "unix:///" + "x" * 107: "at most 107 bytes",
    "unix:///run/a name": "a space, a # or a control character",
    "unix:///run/\ud800": "a space, a # or a control character",
    "tcp://127.0.0.1:4000\n": "a space, a # or a control character",
    "unix:///run/vm#1": "a space, a # or a control character",
    "tcp://127.0.0.1:4000?baud=9600": "not known there: baud",
    "telnet://127.0.0.1:4000?ign_set_control": "not known there: ign_set_control",
    "/dev/ttyS0?speed=9600": "not known there: speed",
    "/dev/ttyS0?baud=0": "a value that baud cannot have: 0",
    "/dev/ttyS0?baud=fast": "a value that baud cannot have: fast",
    "/dev/ttyS0?baud": "a value that baud cannot have",
    "/dev/ttyS0?parity=X": "a value that parity cannot have: X",
    "/dev/ttyS0?bits=9": "a value that bits cannot have: 9",
    "/dev/ttyS0?stop=3": "a value that stop cannot have: 3",
    "/dev/ttyS0?flow=yes": "a value that flow cannot have: yes",
    "/dev/ttyS0?baud=9600&baud=9600": "says baud twice",
    "unix:///run/vm.sock?qmp=break.sock": "a value that qmp cannot have: break.sock",
    "unix:///run/vm.sock?qmp=/" + "x" * 107: "a value that qmp cannot have",
    "unix:///run/vm.sock?qmp=/run/vm.qmp&chardev=0": "a value that chardev cannot have: 0",
    "tcp://127.0.0.1:4000?qmp=/run/vm.qmp": "not known there: qmp",
    "pty:///bin/sh?arg=%00": "a value that arg cannot have",
    "libvirt:///system?domain=web-1": "needs a connection and a domain",
    "libvirt+qemu:///system": "needs a connection and a domain",
    "libvirt+qemu+ext:///system?domain=web-1&command=/bin/sh": "needs a connection and a domain",
    "libvirt+esx://host/?domain=web-1": "needs a connection and a domain",
    "libvirt+qemu+ssh://-oProxyCommand=x/system?domain=web-1": "needs a connection and a domain",
    "libvirt+qemu+ssh://root:secret@host/system?domain=web-1": "needs a connection and a domain",
    "libvirt+qemu+ssh://host/system?domain=web-1&command=/bin/sh": "not known there: command",
    "libvirt+qemu+ssh://host/system?domain=web-1&netcat=/bin/sh": "not known there: netcat",
    "libvirt+qemu:///system?domain=": "a value that domain cannot have",
    "libvirt+qemu:///system?domain=web-1&force=yes": "a value that force cannot have: yes",
    "tcp+x://127.0.0.1:4000": "is no serial endpoint",
    "loop://?logging=debug": "not known there: logging",
}


@pytest.mark.parametrize("url", GOOD)
def test_both_take_it(url: str) -> None:
    check(url)
    check_serial_url(url)


@pytest.mark.parametrize("url", BAD)
async def test_both_refuse_it_and_say_why(url: str, host: Host) -> None:
    with pytest.raises(Trouble) as raised:
        await open_endpoint(url, host)
    assert raised.value.code == BAD_URL
    assert BAD[url] in raised.value.reason
    with pytest.raises(ValidationError) as refused:
        check_serial_url(url)
    assert BAD[url] in refused.value.message_dict["serial_url"][0]


WORDS = [
    "h",
    ":1",
    "/a",
    "..",
    "?",
    "&",
    "=",
    "baud",
    "arg",
    "9600",
    "@",
    "parity=N",
    "ign_set_control",
    "%00",
    "%2e",
    "[",
    "]",
    "#",
    "é",
]
PART = st.sampled_from([*(f"{scheme}://" for scheme in SCHEMES), DEVICE, *WORDS, " ", "\ud800", "x" * 100])


@given(parts=st.lists(PART, max_size=8))
def test_they_never_disagree(parts: list[str]) -> None:
    url = "".join(parts)
    assert accepted_by_the_drivers(url) == accepted_by_the_portal(url)


def accepted_by_the_drivers(url: str) -> bool:
    try:
        check(url)
    except Trouble:
        return False
    return True


def accepted_by_the_portal(url: str) -> bool:
    try:
        check_serial_url(url)
    except ValidationError:
        return False
    return True


def test_every_scheme_that_is_accepted_can_be_opened() -> None:
    assert set(OPENERS) == {*SCHEMES, DEVICE}


def test_a_password_is_never_shown() -> None:
    assert shown("tcp://root:secret@host:1") == "tcp://host:1"
    assert shown("tcp://root:a@b@host:1") == "tcp://host:1"
    assert shown("pty:///bin/ipmitool?arg=-P&arg=secret") == "pty:///bin/ipmitool"
    with pytest.raises(Trouble) as raised:
        check("tcp://root:secret@host:1")
    assert "secret" not in raised.value.reason
