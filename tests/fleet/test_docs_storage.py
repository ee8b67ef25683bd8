import io
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.fleet.models import StorageAccount
from portal.fleet.stores.base import StoreTrouble
from tests.fleet.stores.buckets import SECRET
from tests.test_docs import commands
from tests.world import World

PAGE = Path(__file__).resolve().parents[2] / "docs" / "storage.md"


def test_its_commands_work_as_typed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    found = commands(PAGE)
    assert len(found) == 2
    for _manage, *command in found:
        monkeypatch.setattr("sys.stdin", io.StringIO(SECRET))
        call_command(*command, stdout=io.StringIO())
    kinds = dict(StorageAccount.objects.values_list("name", "kind"))
    assert (kinds["weblogs"], kinds["bucketlogs"]) == ("local", "s3")


def test_it_explains_every_code() -> None:
    codes = {code for name, code in vars(StoreTrouble).items() if name.isupper()}
    text = PAGE.read_text()
    assert [code for code in codes if f"`{code}`" not in text] == []
