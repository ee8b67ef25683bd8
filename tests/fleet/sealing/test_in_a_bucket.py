"""Sealed into an S3-compatible store, which may be away, and may be exchanged for another."""

from collections.abc import Iterator

import pytest

from accounts.secrets import seal
from portal.fleet.models import StorageAccount
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing.expiring import expire_audit
from portal.fleet.sealing.reading import older
from portal.fleet.sealing.sealing import seal_audit
from portal.fleet.sealing.verifying import verify
from portal.fleet.stores.base import StoreTrouble
from tests.fleet.sealing.ages import chain_of, days_ago, in_table, keep, sealed_entries, write
from tests.fleet.stores.buckets import KEY, SECRET, Buckets, answering, error, serving_buckets
from tests.world import World

REFUSES = error(403, "AccessDenied")


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with serving_buckets() as found:
        yield found


@pytest.fixture
def account(world: World, buckets: Buckets) -> StorageAccount:
    made: StorageAccount = StorageAccount.objects.create(
        tenant=world.contoso,
        subscription=world.subscription,
        resource_group=world.group,
        name="auditfiles",
        kind="s3",
        endpoint=buckets.endpoint,
        bucket=buckets.new(),
        access_key=KEY,
        sealed_secret=seal(SECRET),
    )
    keep(world, seal_account=made)
    return made


def run(world: World) -> int:
    return seal_audit(tenant_id=world.contoso.id, seconds=60)


def test_what_is_sealed_into_a_bucket_is_proved_read_and_deleted_there(
    world: World, account: StorageAccount, buckets: Buckets
) -> None:
    run(world)
    assert list(verify()) == []
    assert len(sealed_entries(world)) == chain_of(world).sealed_seq
    keep(world, seal_account=account, audit_days=80)
    assert expire_audit(tenant_id=world.contoso.id, seconds=60).deleted == 2
    left = buckets.client.list_objects_v2(Bucket=account.bucket)["Contents"]
    assert [one["Key"] for one in left] == [AuditSeal.objects.get(deleted_at=None).blob]
    assert list(verify()) == []


def test_a_store_that_refuses_loses_nothing_and_is_gone_on_with(
    world: World, account: StorageAccount, buckets: Buckets
) -> None:
    before = in_table(world)
    with answering(REFUSES) as (endpoint, _):
        StorageAccount.objects.filter(id=account.id).update(endpoint=endpoint)
        with pytest.raises(StoreTrouble):
            run(world)
        assert in_table(world) == before
        account.refresh_from_db()
        assert account.last_error == StoreTrouble.FORBIDDEN
    StorageAccount.objects.filter(id=account.id).update(endpoint=buckets.endpoint)
    assert run(world) == len(before) - 3
    assert list(verify()) == []


def test_while_a_store_is_away_its_files_are_named_and_its_neighbours_read(
    world: World, account: StorageAccount, buckets: Buckets
) -> None:
    run(world)
    keep(world)
    with days_ago(-40):
        write(world.contoso)
        run(world)
    elsewhere = AuditSeal.objects.filter(account=world.storage).count()
    assert elsewhere > 0, "sealed into the other account meanwhile"
    with answering(REFUSES) as (endpoint, heads):
        StorageAccount.objects.filter(id=account.id).update(endpoint=endpoint)
        found = older(world.contoso.id, lambda entry: True, most=1000, seconds=60)
        assert len(found.unreadable) == 3
        assert len(heads) == 1, "one file was asked for, and the others passed over"
        some = older(world.contoso.id, lambda entry: False, most=2, seconds=60)
        assert (len(some.unreadable), some.before) == (2, some.unreadable[-1].first_seq)
        assert len(found.entries) > 0
        ((_, seq, problem),) = [(one.chain, one.seq, one.problem) for one in verify()]
        assert (seq, problem) == (1, "its sealed file cannot be read (StorageAccountForbidden)")
    StorageAccount.objects.filter(id=account.id).update(endpoint=buckets.endpoint)
    assert older(world.contoso.id, lambda entry: True).unreadable == []
    assert list(verify()) == []
