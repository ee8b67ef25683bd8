"""Specifications of managed machines, and the command lines made of them."""

import json
from pathlib import Path

import pytest

from portal.machines.base import BAD_SPEC, Failed
from portal.machines.qemu import spec
from portal.machines.qemu.arguments import command

LEAST = {"memory": 96}


@pytest.fixture
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp().parent / "machine.json"


def line(path: Path, **more: object) -> list[str]:
    return command(spec.parsed({**LEAST, **more}, path), path.parent / "qemu.pid")


def after(words: list[str], option: str) -> list[str]:
    return [words[number + 1] for number, word in enumerate(words) if word == option]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"memory": "96"}, "memory"),
        ({"memory": 1}, "memory"),
        ({"memory": True}, "memory"),
        ({"cpus": 0}, "cpus"),
        ({"arguments": ["-monitor", "stdio"]}, "arguments"),
        ({"append": "one\ntwo"}, "append"),
        ({"kernel": "/boot/k\0"}, "kernel"),
        ({"disks": {}}, "disks"),
        ({"disks": [{"format": "raw"}]}, "path"),
        ({"disks": [{"path": "/a", "format": "vmdk"}]}, "format"),
        ({"disks": [{"path": "/a", "temporary": True}]}, "size"),
        ({"disks": [{"path": "/a", "temporary": True, "size": 1, "format": "qcow2"}]}, "format"),
        ({"disks": [{"path": "/a", "cache": "unsafe"}]}, "cache"),
        ({"network": {"forward": {"finger": 2222}}}, "finger"),
        ({"network": {"forward": {"ssh": 99999}}}, "ssh"),
        ({"network": {"forward": {"ssh": "2222,guestfwd=tcp:1.2.3.4:5-cmd:sh"}}}, "ssh"),
        ({"network": {"bridge": "br0"}}, "bridge"),
        ({"accelerator": "hax"}, "accelerator"),
        ({"display": "yes"}, "display"),
    ],
)
def test_what_is_wrong_is_named(path: Path, wrong: dict[str, object], named: str) -> None:
    with pytest.raises(Failed) as failed:
        spec.parsed({**LEAST, **wrong}, path)
    assert failed.value.code == BAD_SPEC
    assert named in failed.value.reason


@pytest.mark.parametrize("text", ["", "[]", "null", '"x"', "{", "{}", "\xff"])
def test_what_is_no_specification_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "machine.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(Failed) as failed:
        spec.read(path)
    assert failed.value.code == BAD_SPEC


def test_all_that_a_machine_may_have_reaches_the_command_line(path: Path) -> None:
    words = line(
        path,
        name="web-1",
        cpus=2,
        firmware="/usr/share/ovmf/OVMF.fd",
        disks=[{"path": "system.qcow2", "format": "qcow2"}, {"path": "/d", "temporary": True, "size": 5}],
        cdrom="/i.iso",
        network={"forward": {"ssh": 2222, "8080": 8081}},
        display=True,
        agent=True,
    )
    assert after(words, "-smp") == ["2"]
    assert after(words, "-bios") == ["/usr/share/ovmf/OVMF.fd"]
    drives = [json.loads(word) for word in after(words, "-blockdev")]
    assert [one["file"]["filename"] for one in drives] == [f"{path.parent}/system.qcow2", "/d", "/i.iso"]
    assert [one["read-only"] for one in drives] == [False, False, True]
    assert after(words, "-netdev") == [
        "user,id=net0,restrict=on,hostfwd=tcp:127.0.0.1:2222-:22,hostfwd=tcp:127.0.0.1:8081-:8080"
    ]
    assert after(words, "-vga") == ["std"]
    assert any("org.qemu.guest_agent.0" in word for word in after(words, "-device"))


def test_a_comma_in_a_path_begins_no_option_of_its_own(path: Path) -> None:
    words = line(path, run="/run/a,b", name="x,process=sshd", serial_log="/l,mux=on")
    serial = next(word for word in after(words, "-chardev") if word.startswith("socket,id=serial0"))
    assert "path=/run/a,,b/serial.sock" in serial
    assert "logfile=/l,,mux=on" in serial
    assert after(words, "-name") == ["guest=x,,process=sshd"]


def test_its_memory_of_translated_code_is_always_bounded(path: Path) -> None:
    assert after(line(path), "-accel") == ["tcg,tb-size=64"]
    assert after(line(path, tb_size=16), "-accel") == ["tcg,tb-size=16"]
    assert after(line(path, accelerator="kvm"), "-accel") == ["kvm"]


def test_the_example_of_the_documentation_is_one(path: Path) -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "managed-qemu.md").read_text()
    example = json.loads(page.split("```json\n")[1].split("```")[0])
    read = spec.parsed(example, path)
    assert read.disks[1].temporary
    fields = set(spec.Spec.__dataclass_fields__)
    assert [name for name in fields if f"`{name}`" not in page and name not in example] == []
