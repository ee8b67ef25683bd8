"""What an export leaves behind: each part once, none of a file that was removed, and a short entry of what was filtered."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import actions
from accounts.audit_selectors import Filters
from accounts.models import AuditEntry
from portal.fleet.models import AuditExport
from portal.fleet.review import exports
from portal.fleet.review.walking import Wanted
from portal.fleet.stores.opening import store_of
from tests.fleet.review.test_exports import ask, seqs, whole
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]


def test_removed_while_a_part_is_written_it_leaves_nothing(
    world: World, ten: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    store = type(store_of(None))
    real_put = store.put

    def put(self: Any, name: str, data: bytes) -> None:
        exports.remove_export(export=AuditExport.objects.get(id=export.id))
        real_put(self, name, data)

    monkeypatch.setattr(store, "put", put)
    assert exports.make_export(export.id) is False
    assert not any(store_of(None).names(f"exports/{world.contoso.id}/{export.id}"))


def test_of_two_workers_at_one_part_each_entry_comes_from_one(
    world: World, ten: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They read the same row, and the second, whose stretch is another, is done first."""
    export = ask(world)
    store = type(store_of(None))
    real_put = store.put

    def put(self: Any, name: str, data: bytes) -> None:
        monkeypatch.setattr(store, "put", real_put)
        monkeypatch.setattr(exports, "PART", 2)
        assert exports._make_part(AuditExport.objects.get(id=export.id))
        real_put(self, name, data)

    monkeypatch.setattr(store, "put", put)
    assert exports.make_export(export.id) is False, "the other goes on with it"
    assert exports.make_export(export.id) is False
    export.refresh_from_db()
    assert (export.state, export.rows) == ("ready", 10)
    assert seqs(whole(export)) == [entry.seq for entry in ten]
    left = set(store_of(None).names(f"exports/{world.contoso.id}/{export.id}/"))
    assert left == set(exports.part_names(export))


def test_removed_by_somebody_who_is_killed_it_is_gone_from_the_page_and_the_clock_finishes(
    world: World, ten: list[AuditEntry], small: None, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    exports._make_part(export)
    page = f"/audit/exports/{export.id}/"
    assert client_of("auditor").get(page).status_code == 200
    with monkeypatch.context() as patched:

        def killed(*args: object) -> None:
            raise KeyboardInterrupt

        patched.setattr(type(store_of(None)), "delete", killed)
        with pytest.raises(KeyboardInterrupt):
            exports.remove_export(export=export)
    assert client_of("auditor").get(page).status_code == 404
    assert exports.make_export(export.id) is False
    assert exports.expire_exports() == 1
    assert not AuditExport.objects.exists()
    assert not any(store_of(None).names(f"exports/{world.contoso.id}/{export.id}/"))


def test_what_was_typed_is_recorded_and_not_everybody_it_may_stand_for(world: World) -> None:
    filters = Filters(names=[f"name-{number}" for number in range(5000)], places=["/x"], outcome="refused")
    wanted = Wanted(world.contoso, world.vm.scope, filters, {"who": "name", "machine": "x"})
    exports.note_export(by=world.principal("auditor"), wanted=wanted, form="csv", rows=0)
    recorded = AuditEntry.objects.get(action=actions.AUDIT_EXPORT)
    assert recorded.details["filters"] == {"outcome": "refused", "who": "name", "machine": "x"}


def test_nothing_is_exported_where_nothing_fits(world: World, client_of: ClientOf, address: Address) -> None:
    client, new = client_of("auditor"), address("audit_export_new")
    empty = f"{new}?who=nobody-of-this-name"
    page = client.get(empty).content.decode()
    assert "there is nothing to export" in page
    assert 'name="form"' not in page
    assert "Content-Disposition" not in client.post(empty, {"form": "csv"})
    assert not AuditEntry.objects.filter(action=actions.AUDIT_EXPORT).exists()
    assert "Content-Disposition" in client.post(new, {"form": "csv"})


def test_a_file_that_comes_tells_its_page_how_many(
    world: World, ten: list[AuditEntry], client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    new = f"{address('audit_export_new', scope=world.vm.scope)}?who=contributor"
    told = client.post(new, {"form": "csv", "token": "0123456789abcdef"}).cookies["homeport-came"]
    assert told.value == "0123456789abcdef.10"
    assert told["path"] == new.split("?")[0]
    for token in ("", "x; Path=/", "0" * 17):
        assert "homeport-came" not in client.post(new, {"form": "csv", "token": token}).cookies


def test_a_file_that_is_gone_is_told_so(
    world: World, ten: list[AuditEntry], small: None, client_of: ClientOf
) -> None:
    export, client = ask(world), client_of("auditor")
    page = f"/audit/exports/{export.id}/"
    assert client.get(page).status_code == 200
    exports.remove_export(export=export)
    for answer in (client.get(page), client.get(f"{page}file/"), client.post(f"{page}remove/")):
        assert answer.status_code == 404
        assert "This was removed, or is not yours" in answer.content.decode()
