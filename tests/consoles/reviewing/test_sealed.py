"""A session whose audit entries were sealed: its page has them still, and its log still tells who came to the keyboard."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import actions
from accounts.action_words import in_words
from accounts.models import AuditEntry
from consoles.kept.happenings import Between, Kind, happenings
from consoles.reviewing.session_queries import entries_of
from consoles.services import Counts, end_session, note_takeover
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.stores.opening import store_of
from tests import world as worlds
from tests.consoles.reviewing.conftest import Attach
from tests.fleet.sealing.ages import days_ago, keep
from tests.world import World

ClientOf = Callable[[str], Client]
ENTRIES_ALONE = 3  # the table, which files there are, and each file's account with it


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.STORES, settings.SPOOL = tmp_path / "stores", tmp_path / "spool"
    with days_ago(100):
        made = worlds.build()
    keep(made)
    return made


def test_both_are_there_before_and_after(
    world: World,
    client_of: ClientOf,
    attach: Attach,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with days_ago(50):
        mine = attach("owner")
        note_takeover(
            by=world.principal("owner"), session=mine, at=timezone.now(), how="taken", lost_by={"name": "Lin"}
        )
        mine = attach("owner", until=5)
    took = AuditEntry.objects.filter(action=actions.TAKE_OVER)
    told = [entry.action for entry in entries_of(mine)[0]]
    assert actions.TAKE_OVER in told
    assert seal_audit(tenant_id=world.contoso.id, seconds=60)
    assert not took.exists()
    with django_assert_max_num_queries(ENTRIES_ALONE):
        entries, whole = entries_of(mine)
    assert ([entry.action for entry in entries], whole) == (told, True)
    page = client_of("auditor").get(reverse("session", args=[mine.id])).content.decode()
    assert "Come to the keyboard of a serial console" in page
    kinds = [one.kind for one in happenings(world.vm.ports.get(), Between(0, None, None, None), 500)]
    assert kinds.count(Kind.TAKE_OVER) == 1


def test_the_page_says_so_where_a_file_of_that_time_cannot_be_read(
    world: World, client_of: ClientOf, attach: Attach
) -> None:
    """Of a session over midnight one day is gone; what is left of it looks whole by itself."""
    with days_ago(50, hour=23) as began:
        mine = attach("owner")
    with days_ago(49, hour=1):
        end_session(by=world.principal("owner"), session=mine, code="left", counts=Counts(7, 5, 0, 5, None))
    assert seal_audit(tenant_id=world.contoso.id, seconds=60)
    address, sentence = reverse("session", args=[mine.id]), "This may not be all of it"
    assert sentence not in client_of("auditor").get(address).content.decode()
    seal = AuditSeal.objects.get(first_at__date=began.date())
    store_of(seal.account).delete(seal.blob)
    page = client_of("auditor").get(address).content.decode()
    assert sentence in page
    assert str(in_words(actions.DETACH)) in page
