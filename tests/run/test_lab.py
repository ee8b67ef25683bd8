"""Real guests are an extra of the set-up: where they cannot be had it says so, and goes on."""

from pathlib import Path

import pytest

from portal.run.install import debian, lab
from portal.run.install.steps import SetupError, Steps


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Steps:
    monkeypatch.setenv("HOMEPORT_LAB", "1")
    return Steps(tmp_path, tmp_path / "var")


def test_where_it_is_turned_off_there_is_nothing_to_do(steps: Steps, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not lab.Lab(steps).fresh()
    monkeypatch.setenv("HOMEPORT_LAB", "0")
    assert lab.Lab(steps).fresh()


def test_without_root_it_says_what_to_type_and_goes_on(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "missing", lambda tools: ["qemu-system-x86"])
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(
        "shutil.which", lambda name, **_where: "/usr/bin/apt-get" if name == "apt-get" else None
    )
    lab.Lab(steps).install(steps)
    said = capsys.readouterr().out
    assert "type `sudo apt-get install qemu-system-x86`, then run the same command again." in said
    assert "the demonstration's machines are scripted" in said


def test_the_full_debians_are_asked_for_so_their_lack_is_an_error(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_asked: object) -> None:
        raise SetupError("no")

    monkeypatch.setattr(lab, "missing", lambda tools: ["debootstrap"])
    monkeypatch.setattr(debian, "install", refuse)
    with pytest.raises(SetupError):
        lab.build_debians(steps)


def test_what_fails_while_building_is_one_sentence_and_no_end(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(lab, "missing", lambda tools: [])
    monkeypatch.setattr(lab.sys, "executable", "/bin/false")
    lab.Lab(steps).install(steps)
    assert "The small guests could not be built" in capsys.readouterr().out
