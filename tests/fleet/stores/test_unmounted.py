"""A folder whose disk is not mounted is a store that is away: not one that lost everything, and not one where everything was deleted."""

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_django import Settings

from consoles.models import ArchivedPiece
from portal.fleet.models import StorageAccount
from portal.fleet.stores.base import Missing, Store, StoreTrouble
from portal.fleet.stores.folder import MARK, FolderStore
from portal.fleet.stores.opening import store_of
from tests.world import World

NAME = "line-1/a.piece"
Act = Callable[[Store], object]
ACTS: dict[str, Act] = {
    "put": lambda one: one.put("line-1/b.piece", b"x"),
    "get": lambda one: one.get(NAME),
    "delete": lambda one: one.delete(NAME),
    "names": lambda one: list(one.names("")),
}


@pytest.fixture(params=list(ACTS))
def act(request: pytest.FixtureRequest) -> Act:
    return ACTS[request.param]


def never() -> bool:
    return False


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Of a store that has one object."""
    FolderStore(tmp_path / "store").put(NAME, b"x")
    return tmp_path / "store"


def gone(root: Path) -> None:
    root.rename(root.with_name("mounted later"))


def empty(root: Path) -> None:
    gone(root)
    root.mkdir()


def just_formatted(root: Path) -> None:
    empty(root)
    (root / "lost+found").mkdir()


@pytest.mark.parametrize("away", [gone, empty, just_formatted])
def test_it_is_unreachable_whatever_is_asked_of_it(
    root: Path, act: Act, away: Callable[[Path], None]
) -> None:
    away(root)
    with pytest.raises(StoreTrouble) as raised:
        act(FolderStore(root, never))
    assert raised.value.code == StoreTrouble.UNREACHABLE
    shutil.rmtree(root, ignore_errors=True)
    root.with_name("mounted later").rename(root)
    assert FolderStore(root, never).get(NAME) == b"x"


def test_a_new_one_is_made_with_its_mark_by_whatever_is_asked_first(tmp_path: Path, act: Act) -> None:
    one = FolderStore(tmp_path / "new")
    with suppress(Missing):
        act(one)
    assert (tmp_path / "new" / MARK).exists()
    assert NAME not in list(FolderStore(tmp_path / "new", never).names(""))


def test_one_from_before_there_were_marks_gets_its_own(root: Path, act: Act) -> None:
    (root / MARK).unlink()
    act(FolderStore(root, never))
    assert (root / MARK).exists()


def test_its_mark_is_no_object(root: Path) -> None:
    assert list(FolderStore(root).names("")) == [NAME]


def kept_somewhere(world: World, account: StorageAccount | None) -> None:
    ArchivedPiece.objects.create(
        line_id=world.vm.ports.get().line_id, tenant=world.contoso, account=account,
        start=0, end=1, first_ms=0, last_ms=0, blob="a", stored_bytes=1, sha256="0" * 64,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["local", "managed", None])
def test_it_may_be_empty_as_long_as_no_row_says_that_something_is_kept_there(
    world: World, settings: Settings, tmp_path: Path, kind: str | None
) -> None:
    settings.STORES = tmp_path
    account = world.storage if kind else None
    StorageAccount.objects.update(kind=kind or "local")
    world.storage.refresh_from_db()
    assert list(store_of(account).names("logs/")) == []
    shutil.rmtree(tmp_path, ignore_errors=True)
    assert list(store_of(account).names("logs/")) == [], (
        "its machines point to it, and have put nothing there"
    )
    kept_somewhere(world, account)
    shutil.rmtree(tmp_path)
    with pytest.raises(StoreTrouble) as raised:
        list(store_of(account).names("logs/"))
    assert raised.value.code == StoreTrouble.UNREACHABLE
