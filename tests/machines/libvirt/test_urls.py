"""Which URLs are libvirt's: people who type one, the driver of machines and the hub's drivers say the same."""

import pytest

from consoles.drivers.urls import CONNECTION, CONNECTION_HOST
from consoles.drivers.urls import PARAMETERS as OF_LINES
from portal.machines.base import BAD_SPEC, CANNOT, Failed
from portal.machines.libvirt import errors, keys, urls

GOOD = {
    "libvirt+qemu:///system?domain=web-1": ("qemu:///system", "web-1"),
    "libvirt+qemu+ssh://root@rack-3/system?domain=web-1": ("qemu+ssh://root@rack-3/system?no_tty=1", "web-1"),
    "libvirt+qemu+tls://rack-3:16514/system?domain=a%20b": ("qemu+tls://rack-3:16514/system", "a b"),
    "libvirt+qemu+unix:///session?socket=/run/a%26b&domain=web-1": (
        "qemu+unix:///session?socket=/run/a%26b",
        "web-1",
    ),
}
BAD = [
    "libvirt:///system?domain=web-1",
    "libvirt+qemu:///system",
    "libvirt+qemu:///system?domain=",
    "libvirt+qemu+ext:///system?domain=web-1&command=/bin/sh",
    "libvirt+qemu+ssh://host/system?domain=web-1&command=/bin/sh",
    "libvirt+qemu+ssh://host/system?domain=web-1&netcat=/bin/sh",
    "libvirt+qemu+ssh://-oProxyCommand=x/system?domain=web-1",
    "libvirt+qemu+ssh://root:secret@host/system?domain=web-1",
    "libvirt+qemu:///embed?root=/tmp&domain=web-1",
    "libvirt+qemu:///system?domain=web-1&socket=relative",
]


@pytest.mark.parametrize("url", GOOD)
def test_it_reads_the_connection_and_the_domain(url: str) -> None:
    assert urls.read(url) == urls.Address(*GOOD[url])


@pytest.mark.parametrize("url", BAD)
def test_it_refuses_what_is_not_whole_or_would_run_a_program(url: str) -> None:
    with pytest.raises(Failed) as raised:
        urls.read(url)
    assert raised.value.code == BAD_SPEC


def test_lines_and_machines_know_the_same_connections() -> None:
    assert (CONNECTION, CONNECTION_HOST) == (urls.CONNECTION, urls.CONNECTION_HOST)
    assert {**OF_LINES["libvirt"], **urls.PARAMETERS} == OF_LINES["libvirt"]
    assert OF_LINES["libvirt"].keys() - urls.PARAMETERS.keys() == {"device", "force"}


def test_keys_have_linuxs_numbers_and_others_are_refused() -> None:
    assert keys.codes(["ctrl", "alt", "delete"]) == [29, 56, 111]
    assert keys.codes(["alt", "sysrq", "b"]) == [56, 99, 48]
    assert keys.codes(["f1", "f10", "1", "0"]) == [59, 68, 2, 11]
    with pytest.raises(Failed) as raised:
        keys.codes(["ctrl", "hyper"])
    assert raised.value.code == CANNOT


def test_a_sentence_of_libvirts_is_cut() -> None:
    assert len(errors.failure(1, "x" * 10_000).reason) == errors.LONGEST
