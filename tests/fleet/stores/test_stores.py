import os
from pathlib import Path

import pytest

from portal.fleet.stores.base import Missing, Store
from portal.fleet.stores.folder import FolderStore
from tests.fleet.stores.buckets import Buckets, store

NAME = "line-1/00000000000000000000.piece"


@pytest.fixture(params=["folder", "bucket"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, buckets: Buckets) -> Store:
    if request.param == "folder":
        return FolderStore(tmp_path / "store")
    return store(buckets.endpoint, buckets.new())


def test_it_gives_back_what_was_put(kept: Store, tmp_path: Path) -> None:
    data = bytes(range(256)) * 4096
    kept.put(NAME, data)
    (tmp_path / "file").write_bytes(data[::-1])
    kept.put_file("line-1/b.piece", str(tmp_path / "file"))
    assert kept.get(NAME) == data
    assert kept.get("line-1/b.piece") == data[::-1]
    assert kept.size(NAME) == len(data)


def test_a_part_is_as_of_a_file(kept: Store) -> None:
    kept.put(NAME, b"0123456789")
    assert kept.part(NAME, 2, 3) == b"234"
    assert kept.part(NAME, 8, 100) == b"89"
    assert kept.part(NAME, 10, 5) == b""
    assert kept.part(NAME, 4, 0) == b""


def test_an_empty_object_is_there(kept: Store) -> None:
    kept.put(NAME, b"")
    assert (kept.get(NAME), kept.size(NAME), kept.part(NAME, 0, 10)) == (b"", 0, b"")


def test_what_is_not_there_is_missing(kept: Store) -> None:
    kept.put("line-1/a.piece", b"a")
    assert kept.size(NAME) is None
    kept.delete(NAME)
    for read in (kept.get, lambda name: kept.part(name, 0, 1)):
        with pytest.raises(Missing):
            read(NAME)


def test_putting_it_again_replaces_it_and_deleting_it_twice_is_no_error(kept: Store) -> None:
    kept.put(NAME, b"old")
    kept.put(NAME, b"new")
    assert kept.get(NAME) == b"new"
    kept.delete(NAME)
    kept.delete(NAME)
    assert list(kept.names("")) == []


def test_names_are_those_that_begin_so_in_their_order(kept: Store) -> None:
    for name in ("line-1/b.piece", "line-1/a.piece", "line-10/a.piece", "line-2/a.piece"):
        kept.put(name, b"x")
    assert list(kept.names("line-1/")) == ["line-1/a.piece", "line-1/b.piece"]
    assert list(kept.names("line-1")) == ["line-1/a.piece", "line-1/b.piece", "line-10/a.piece"]
    assert list(kept.names("none/")) == []


def test_more_names_than_one_answer_holds(buckets: Buckets) -> None:
    name = buckets.new()
    for number in range(1005):
        buckets.client.put_object(Bucket=name, Key=f"a/{number:05}", Body=b"")
    assert len(list(store(buckets.endpoint, name).names("a/"))) == 1005


def test_what_a_killed_writer_left_is_swept_up_and_is_no_object(tmp_path: Path) -> None:
    one = FolderStore(tmp_path)
    one.put(NAME, b"x")
    old, fresh = tmp_path / ".new" / "old", tmp_path / ".new" / "fresh"
    for left in (old, fresh):
        left.write_bytes(b"half of")
    os.utime(old, (0, 0))
    assert list(one.names("")) == [NAME]
    one.put(NAME, b"y")
    assert (old.exists(), fresh.exists()) == (False, True)
