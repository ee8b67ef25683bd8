"""Files of exactly what was filtered: at once, or part by part in a worker that may be killed at any step."""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, audit
from accounts.audit_selectors import Filters
from accounts.models import AuditEntry, RoleAssignment
from portal.fleet.models import AuditExport, ExportState
from portal.fleet.review import exports
from portal.fleet.review.walking import Wanted
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.fleet.review.conftest import Note
from tests.world import World

ClientOf = Callable[[str], Client]
Address = Callable[..., str]


def ask(world: World, form: str = "jsonl", who: str = "auditor") -> AuditExport:
    wanted = Wanted(
        world.contoso,
        world.vm.scope,
        Filters(family="Microsoft.Compute/", names=["contributor"], until=timezone.now()),
    )
    return exports.ask_export(by=world.principal(who), wanted=wanted, form=form, size=exports.size_of(wanted))


def body(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def whole(export: AuditExport) -> str:
    parts = (store_of(None).get(name) for name in exports.part_names(export))
    return b"".join(map(gzip.decompress, parts)).decode()


def seqs(text: str) -> list[int]:
    return [json.loads(line)["seq"] for line in text.splitlines()]


def test_a_small_one_comes_at_once_and_holds_what_was_filtered(
    world: World, ten: list[AuditEntry], client_of: ClientOf, address: Address
) -> None:
    client = client_of("auditor")
    url = f"{address('audit_export_new', scope=world.vm.scope)}?family=Microsoft.Compute/&who=contributor"
    assert "<strong>10</strong> entries" in client.get(url).content.decode()
    answer = client.post(url, {"form": "jsonl"})
    assert "attachment" in answer["Content-Disposition"]
    assert seqs(body(answer)) == [entry.seq for entry in ten]
    recorded = AuditEntry.objects.get(action=actions.AUDIT_EXPORT)
    assert (recorded.scope, recorded.details["rows"], recorded.details["form"]) == (
        world.vm.scope,
        10,
        "jsonl",
    )


def test_csv_has_every_column_and_no_formula(
    world: World, note: Note, client_of: ClientOf, address: Address
) -> None:
    formulas = ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "＝1", "＋1", "－1", "＠x"]
    for name in (*formulas, '"quoted", with comma'):
        principal = world.principal("contributor")
        object.__setattr__(principal, "name", name)
        audit.record(by=principal, action=actions.VM_WRITE, scope=world.vm.scope, tenant_id=world.contoso.id)
    answer = client_of("auditor").post(
        f"{address('audit_export_new', scope=world.vm.scope)}?family=Microsoft.Compute/", {"form": "csv"}
    )
    rows = list(csv.DictReader(io.StringIO(body(answer).removeprefix("\ufeff"))))
    names = [row["who"] for row in rows if row["who_kind"] == "User"]
    assert names == ['"quoted", with comma', *(f"'{name}" for name in reversed(formulas))]
    assert rows[0]["scope"] == world.vm.scope


def test_a_large_one_is_made_by_a_worker_part_by_part_and_downloaded_whole(
    world: World, ten: list[AuditEntry], client_of: ClientOf, address: Address, small: None, asked: list[Any],
    django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    client = client_of("auditor")
    url = f"{address('audit_export_new', scope=world.vm.scope)}?family=Microsoft.Compute/&who=contributor"
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, {"form": "jsonl"})
    export = AuditExport.objects.get()
    assert answer["Location"] == reverse("audit_export", args=[export.id])
    assert asked == [world.contoso.id]
    assert "0 of 10 entries" in client.get(answer["Location"]).content.decode()
    assert exports.make_export(export.id) is False
    export.refresh_from_db()
    assert (export.state, export.rows, export.parts) == (ExportState.READY, 10, 5)
    page = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in page
    downloaded = client.get(reverse("audit_export_file", args=[export.id]))
    assert seqs(body(downloaded)) == [entry.seq for entry in ten]


def test_it_holds_what_there_was_when_it_was_asked_for(
    world: World, ten: list[AuditEntry], note: Note, small: None
) -> None:
    export = ask(world)
    note("contributor", actions.VM_WRITE, world.vm.scope)
    exports.make_export(export.id)
    export.refresh_from_db()
    assert (export.rows, export.expected) == (10, 10)


class Killed(BaseException):
    """As a worker's death: nothing catches it."""


def steps() -> Iterator[tuple[str, int]]:
    for turn in range(5):
        yield from (("before the object", turn), ("after the object", turn), ("after the row", turn))


@pytest.mark.parametrize(("moment", "turn"), list(steps()))
def test_a_worker_that_is_killed_loses_and_doubles_nothing(
    world: World, ten: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch, moment: str, turn: int
) -> None:
    export = ask(world)
    store, real_believe = type(store_of(None)), exports._believe
    real_put = store.put
    turns = iter(range(100))

    def put(self: Any, name: str, data: bytes) -> None:
        dies = next(turns) == turn
        if dies and moment == "before the object":
            raise Killed
        real_put(self, name, data)
        if dies and moment == "after the object":
            raise Killed

    def believe(one: AuditExport, *args: Any) -> bool:
        said = real_believe(one, *args)
        if one.parts == turn and moment == "after the row":
            raise Killed
        return said

    with monkeypatch.context() as patched:
        patched.setattr(store, "put", put)
        patched.setattr(exports, "_believe", believe)
        with pytest.raises(Killed):
            exports.make_export(export.id)
    exports.make_export(export.id)
    export.refresh_from_db()
    assert (export.state, export.rows) == (ExportState.READY, 10)
    assert seqs(whole(export)) == [entry.seq for entry in ten]


def test_a_store_that_is_away_is_tried_again_by_the_clock(
    world: World, ten: list[AuditEntry], small: None, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    asked.clear()
    with monkeypatch.context() as patched:

        def away(*args: object) -> None:
            raise StoreTrouble(StoreTrouble.UNREACHABLE)

        patched.setattr(type(store_of(None)), "put", away)
        assert exports.make_export(export.id) is False
    export.refresh_from_db()
    assert export.error_code == StoreTrouble.UNREACHABLE
    assert exports.silent() == []
    AuditExport.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert exports.silent() == [world.contoso.id]
    exports.make_export(export.id)
    export.refresh_from_db()
    assert (export.state, export.error_code) == (ExportState.READY, "")


def test_it_is_for_the_asker_alone_and_only_while_they_may_read(
    world: World, ten: list[AuditEntry], small: None, client_of: ClientOf
) -> None:
    export = ask(world)
    exports.make_export(export.id)
    url = reverse("audit_export_file", args=[export.id])
    auditor = client_of("auditor")
    assert client_of("owner").get(url).status_code == 404
    assert client_of("stranger").get(url).status_code == 404
    assert client_of("owner").post(reverse("audit_export_remove", args=[export.id])).status_code == 404
    assert auditor.get(url).status_code == 200
    assert AuditEntry.objects.filter(details__read=f"file {export.id}").count() == 1
    RoleAssignment.objects.filter(principal_id=world.people["auditor"].id).delete()
    assert auditor.get(url).status_code in (403, 404)


def test_it_expires_and_leaves_nothing(
    world: World, ten: list[AuditEntry], small: None, client_of: ClientOf
) -> None:
    export = ask(world)
    exports.make_export(export.id)
    assert any(store_of(None).names(f"exports/{world.contoso.id}/"))
    AuditExport.objects.update(expires_at=timezone.now())
    assert client_of("auditor").get(reverse("audit_export_file", args=[export.id])).status_code == 404
    assert exports.expire_exports() == 1
    assert not any(store_of(None).names(f"exports/{world.contoso.id}/{export.id}"))
    assert not AuditExport.objects.exists()


def test_nobody_has_more_than_a_few(
    world: World, ten: list[AuditEntry], small: None, client_of: ClientOf, address: Address
) -> None:
    for _number in range(exports.MOST):
        ask(world)
    url = f"{address('audit_export_new', scope=world.vm.scope)}?family=Microsoft.Compute/"
    answer = client_of("auditor").post(url, {"form": "csv"})
    assert "You have 10 files already." in answer.content.decode()
    assert AuditExport.objects.count() == exports.MOST


def test_only_auditors_export(world: World, client_of: ClientOf, address: Address) -> None:
    url = address("audit_export_new", scope=world.vm.scope)
    assert client_of("auditor").get(url).status_code == 200
    assert client_of("contributor").get(url).status_code == 403
    assert client_of("stranger").get(url).status_code == 404
