"""An export waits for a store that is away, and goes on where it was; only one that stays away leaves a hole, or fails the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from portal.fleet.models import AuditExport, ExportState, StorageAccount
from portal.fleet.models.records import AuditSeal
from portal.fleet.review import exports, walking
from portal.fleet.sealing import reading
from portal.fleet.stores.base import StoreTrouble
from portal.fleet.stores.opening import store_of
from tests.fleet.review.test_exports import ask, body, seqs
from tests.world import World

ClientOf = Callable[[str], Client]


@contextmanager
def away(monkeypatch: pytest.MonkeyPatch, act: str) -> Iterator[list[object]]:
    """The store of sealed entries, when they are read; the portal's own, when a part is written. Whatever it is asked."""
    asked: list[object] = []

    def refuse(*args: object) -> Any:
        asked.append(args)
        raise StoreTrouble(StoreTrouble.UNREACHABLE)

    with monkeypatch.context() as patched:
        if act == "read":
            patched.setattr(reading, "open_seal", refuse)
        else:
            patched.setattr(type(store_of(None)), "put", refuse)
        yield asked


def later(minutes: float) -> None:
    moved = timedelta(minutes=minutes)
    for export in AuditExport.objects.exclude(failing_since=None):
        assert export.failing_since
        AuditExport.objects.update(failing_since=export.failing_since - moved, seen_at=timezone.now() - moved)


def now(export: AuditExport) -> AuditExport:
    return AuditExport.objects.get(id=export.id)


def page(client: Client, export: AuditExport) -> str:
    return client.get(reverse("audit_export", args=[export.id])).content.decode()


def downloaded(client: Client, export: AuditExport) -> list[int]:
    return seqs(body(client.get(reverse("audit_export_file", args=[export.id]))))


def test_sealed_entries_whose_store_is_away_for_a_moment_are_in_the_file(
    world: World, sealed: list[AuditEntry], small: None, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    with away(monkeypatch, "read"):
        assert exports.make_export(export.id) is False
        assert exports.make_export(export.id) is False
    waiting = now(export)
    assert (waiting.rows, waiting.parts, waiting.error_code) == (2, 1, StoreTrouble.UNREACHABLE)
    assert "asked again for up to 15 minutes" in page(client_of("auditor"), export)
    later(5)
    assert exports.silent() == [world.contoso.id]
    exports.make_export(export.id)
    done = now(export)
    assert (done.state, done.missing_files, done.error_code, done.failing_since) == ("ready", 0, "", None)
    assert downloaded(client_of("auditor"), export) == [entry.seq for entry in sealed]


def test_one_that_stays_away_leaves_a_hole_that_is_told(
    world: World, sealed: list[AuditEntry], small: None, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    with away(monkeypatch, "read"):
        exports.make_export(export.id)
        later(14)
        exports.make_export(export.id)
        assert now(export).state == ExportState.RUNNING
        later(1)
        exports.make_export(export.id)
    done = now(export)
    assert (done.state, done.missing_files) == (ExportState.READY, AuditSeal.objects.count())
    assert downloaded(client_of("auditor"), export) == [entry.seq for entry in sealed[:2]]
    assert "could not be read" in page(client_of("auditor"), export)


def test_a_file_that_is_damaged_is_not_waited_for(
    world: World, sealed: list[AuditEntry], small: None
) -> None:
    export = ask(world)
    for seal in AuditSeal.objects.all():
        store_of(seal.account).put(seal.blob, b"something else")
    exports.make_export(export.id)
    assert (now(export).state, now(export).missing_files) == (ExportState.READY, AuditSeal.objects.count())


def test_a_file_that_is_damaged_does_not_make_another_store_impatient(
    world: World, pieces: None, sealed: list[AuditEntry], small: None, client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(exports, "PART", 1)
    old = AuditSeal.objects.get(first_seq__lte=sealed[2].seq, last_seq__gte=sealed[2].seq)
    store_of(old.account).put(old.blob, b"something else")
    export = ask(world)
    while not now(export).missing_files:
        assert exports._make_part(now(export))
    with away(monkeypatch, "read"):
        exports.make_export(export.id)
    waiting = now(export)
    assert (waiting.state, waiting.missing_files) == (ExportState.RUNNING, 1)
    assert waiting.error_code == StoreTrouble.UNREACHABLE
    exports.make_export(export.id)
    assert (now(export).state, now(export).missing_files) == (ExportState.READY, 1)
    lost = set(range(old.first_seq, old.last_seq + 1))
    kept = [entry.seq for entry in sealed if entry.seq not in lost]
    assert downloaded(client_of("auditor"), export) == kept


def test_a_store_that_was_waited_for_in_vain_is_not_waited_for_at_each_part(
    world: World, pieces: None, sealed: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "SECONDS", 0)
    export = ask(world)
    with away(monkeypatch, "read") as asked:
        exports.make_export(export.id)
        later(15)
        exports.make_export(export.id)
    done, files = now(export), AuditSeal.objects.count()
    assert len(asked) == 2, "before and after a quarter of an hour, and not for each file"
    assert files > 2
    assert (done.state, done.missing_files) == (ExportState.READY, files)
    assert done.parts > files, "each was a part of its own"


def test_once_it_answered_somebody_it_is_asked_and_waited_for_again(
    world: World, pieces: None, sealed: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "SECONDS", 0)
    export = ask(world)
    with away(monkeypatch, "read"):
        exports.make_export(export.id)
        later(15)
        assert exports._make_part(now(export))
        with away(monkeypatch, "write"):
            exports.make_export(export.id)
        assert now(export).state == ExportState.RUNNING, "the portal's own store is not that one"
    StorageAccount.objects.update(last_ok_at=timezone.now())
    assert exports._make_part(now(export))
    with away(monkeypatch, "read"):
        exports.make_export(export.id)
    assert (now(export).state, now(export).missing_files) == (ExportState.RUNNING, 1)
    exports.make_export(export.id)
    assert (now(export).state, now(export).missing_files) == (ExportState.READY, 1)


def test_where_it_cannot_be_written_for_long_it_fails_and_is_tried_again_from_where_it_was(
    world: World, ten: list[AuditEntry], small: None, asked: list[Any], client_of: ClientOf,
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    client, export = client_of("auditor"), ask(world)
    exports._make_part(export)
    assert now(export).parts == 1
    with away(monkeypatch, "write"):
        exports.make_export(export.id)
        assert now(export).state == ExportState.RUNNING
        later(15)
        exports.make_export(export.id)
    failed = now(export)
    assert (failed.state, failed.error_code, failed.parts) == ("failed", StoreTrouble.UNREACHABLE, 1)
    assert exports.silent() == []
    assert exports.make_export(export.id) is False, "nobody goes on with it by himself"
    shown = page(client, export)
    assert "did not take the file for 15 minutes" in shown
    assert "data-poll" not in shown
    asked.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(reverse("audit_export_again", args=[export.id])).status_code == 302
        client.post(reverse("audit_export_again", args=[export.id]))
    assert asked == [world.contoso.id]
    exports.make_export(export.id)
    assert downloaded(client, export) == [entry.seq for entry in ten]


def test_a_hole_is_not_forgotten_where_the_file_cannot_be_written_for_a_moment(
    world: World, sealed: list[AuditEntry], small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(world)
    for seal in AuditSeal.objects.all():
        store_of(seal.account).put(seal.blob, b"something else")
    with away(monkeypatch, "write"):
        exports.make_export(export.id)
    exports.make_export(export.id)
    assert now(export).missing_files == AuditSeal.objects.count()
