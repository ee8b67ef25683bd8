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


def test_it_gives_back_what_was_put(kept: Store) -> None:
    data = bytes(range(256)) * 4096
    kept.put(NAME, data)
    assert kept.get(NAME) == data


def test_of_one_that_is_longer_than_known_comes_no_more_than_a_byte_too_much(kept: Store) -> None:
    kept.put(NAME, b"0123456789")
    assert kept.get(NAME, 10) == b"0123456789"
    assert kept.get(NAME, 100) == b"0123456789"
    assert kept.get(NAME, 4) == b"01234"


def test_an_empty_object_is_there(kept: Store) -> None:
    kept.put(NAME, b"")
    assert (kept.get(NAME), kept.get(NAME, 10)) == (b"", b"")


def test_what_is_not_there_is_missing(kept: Store) -> None:
    kept.put("line-1/a.piece", b"a")
    kept.delete(NAME)
    for read in (kept.get, lambda name: kept.get(name, 1)):
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
