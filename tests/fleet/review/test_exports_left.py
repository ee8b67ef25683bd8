"""What an export leaves behind: no part of a file that was removed, and a short entry of what was filtered."""

from typing import Any

import pytest

from accounts import actions
from accounts.audit_selectors import Filters
from accounts.models import AuditEntry
from portal.fleet.models import AuditExport
from portal.fleet.review import exports
from portal.fleet.review.walking import Wanted
from portal.fleet.stores.opening import store_of
from tests.fleet.review.test_exports import ask
from tests.world import World


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


def test_what_was_filtered_by_many_names_is_recorded_with_the_first_of_them(world: World) -> None:
    names = [f"name-{number}" for number in range(5000)]
    wanted = Wanted(world.contoso, world.vm.scope, Filters(names=names))
    exports.note_export(by=world.principal("auditor"), wanted=wanted, form="csv", rows=0)
    recorded = AuditEntry.objects.get(action=actions.AUDIT_EXPORT)
    assert recorded.details["filters"] == {"names": names[:20], "names_in_all": 5000}
