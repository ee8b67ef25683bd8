from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rq.timeouts import JobTimeoutException

from accounts import events
from accounts.secrets import seal
from portal.fleet.models import StorageAccount
from portal.fleet.stores import probing
from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.jobs import probe_closed_stores_job
from portal.fleet.stores.opening import store_of
from tests.fleet.stores.buckets import KEY, SECRET, Buckets, answering, error
from tests.world import World


@pytest.fixture(autouse=True)
def stores(settings: Settings, tmp_path: Path) -> None:
    settings.STORES = tmp_path


def bucket(world: World, endpoint: str, name: str = "logs") -> StorageAccount:
    account = world.storage
    account.kind, account.endpoint, account.bucket = "s3", endpoint, name
    account.access_key, account.sealed_secret = KEY, seal(SECRET)
    account.save()
    return account


def again(account: StorageAccount) -> StorageAccount:
    return StorageAccount.objects.get(pk=account.pk)


def test_each_kind_of_account_opens_its_own_store(world: World, buckets: Buckets) -> None:
    store_of(world.storage).put("a/b", b"in a folder")
    account = bucket(world, buckets.endpoint, buckets.new())
    store_of(account).put("a/b", b"in a bucket")
    store_of(None).put("a/b", b"in the portal's own")
    assert store_of(again(account)).get("a/b") == b"in a bucket"
    assert store_of(None).get("a/b") == b"in the portal's own"
    account.kind = "local"
    assert store_of(account).get("a/b") == b"in a folder"


def test_what_cannot_hold_logs_or_may_not_be_opened_says_which(world: World) -> None:
    store_of(world.storage).put("a", b"a")
    world.storage.key_access = False
    with pytest.raises(StoreTrouble, match=StoreTrouble.KEYS_OFF):
        store_of(world.storage)
    world.storage.kind = "premium"
    with pytest.raises(StoreTrouble, match=StoreTrouble.KIND):
        store_of(world.storage)


@pytest.mark.parametrize(
    "fields", [{"sealed_secret": ""}, {"access_key": ""}, {"sealed_secret": "of another key"}]
)
def test_without_credentials_it_is_not_even_asked(world: World, fields: dict[str, str]) -> None:
    with answering(error(403, "AccessDenied")) as (endpoint, heads):
        account = bucket(world, endpoint)
        with pytest.raises(StoreTrouble, match=StoreTrouble.FORBIDDEN):
            store_of(account).get("a")
        StorageAccount.objects.update(**fields)
        with pytest.raises(StoreTrouble, match=StoreTrouble.DENIED):
            store_of(again(account)).get("a")
    assert len(heads) == 1
    assert again(account).last_error == StoreTrouble.DENIED


def test_how_it_answered_is_on_its_row(world: World, buckets: Buckets) -> None:
    account = bucket(world, buckets.endpoint, "nowhere")
    with pytest.raises(StoreTrouble):
        store_of(account).put("a", b"a")
    found = again(account)
    assert (found.last_error, found.last_ok_at) == (StoreTrouble.NOT_FOUND, None)
    assert found.last_error_at is not None
    found.bucket = buckets.new()
    with pytest.raises(Missing):
        store_of(found).get("a")
    assert again(account).last_error == ""
    assert again(account).last_ok_at is not None


def test_what_stays_as_it_was_is_written_once_a_minute(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    account = world.storage
    store_of(account).put("a", b"a")
    with django_assert_num_queries(0):
        store_of(account).get("a")
        assert list(store_of(account).names("")) == ["a"]
    StorageAccount.objects.update(last_ok_at=timezone.now() - timedelta(minutes=2))
    with django_assert_num_queries(2):
        store_of(again(account)).get("a")


def test_consoles_hear_when_it_shuts_them_out_and_when_it_opens(
    world: World, buckets: Buckets, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[object] = []
    monkeypatch.setattr(
        events, "announce", lambda kind, _tenant, **about: said.append((kind, about["storage"]))
    )
    account = bucket(world, buckets.endpoint, "nowhere")
    for _ in range(2):
        with pytest.raises(StoreTrouble):
            store_of(account).put("a", b"a")
    assert said == [(events.SWITCH_CHANGED, account.scope_key)]
    account.bucket = buckets.new()
    store_of(account).put("a", b"a")
    assert said == [(events.SWITCH_CHANGED, account.scope_key)] * 2


def test_a_store_that_is_down_announces_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "announce", lambda *_args, **_about: pytest.fail("consoles go on meanwhile"))
    with answering(error(503, "SlowDown")) as (endpoint, _heads):
        account = bucket(world, endpoint)
        with pytest.raises(StoreTrouble, match=StoreTrouble.UNREACHABLE):
            store_of(account).put("a", b"a")
    assert again(account).last_error == StoreTrouble.UNREACHABLE


def test_one_that_takes_all_the_time_is_not_asked_first_for_ever(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[StorageAccount] = []

    def drips(account: StorageAccount) -> None:
        asked.append(account)
        raise JobTimeoutException

    world.storage.pk = None
    world.storage.name = "second"
    world.storage.save(force_insert=True)
    hour_ago = timezone.now() - timedelta(hours=1)
    StorageAccount.objects.update(last_error=StoreTrouble.NOT_FOUND, last_error_at=hour_ago)
    monkeypatch.setattr(probing, "probe", drips)
    for _ in range(2):
        with pytest.raises(JobTimeoutException):
            probe_closed_stores_job()
    assert asked[0] != asked[1]


def test_one_that_closed_consoles_is_asked_again_until_it_works(world: World, buckets: Buckets) -> None:
    account = bucket(world, buckets.endpoint, "made-later")
    with pytest.raises(StoreTrouble):
        store_of(account).put("a", b"a")
    probe_closed_stores_job()
    assert again(account).last_error == StoreTrouble.NOT_FOUND
    buckets.client.create_bucket(Bucket="made-later")
    probe_closed_stores_job()
    assert again(account).last_error == ""
    assert list(store_of(account).names("")) == []
