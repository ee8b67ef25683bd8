import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from accounts import actions
from accounts.models import AuditEntry, RoleAssignment
from accounts.secrets import unseal
from consoles.models import ArchivedPiece
from portal.fleet.models import Retention, StorageAccount
from portal.fleet.services.resources import create_resource_group
from portal.fleet.stores.opening import store_of
from tests.accounts.test_commands import refused as not_done
from tests.accounts.test_commands import run
from tests.accounts.test_people import audited, refused
from tests.fleet.stores.buckets import KEY, SECRET, Buckets, answering, error, serving_buckets
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]


@pytest.fixture(scope="module")
def buckets() -> Iterator[Buckets]:
    with serving_buckets() as found:
        yield found


@pytest.fixture(autouse=True)
def stores(settings: Settings, tmp_path: Path) -> None:
    settings.STORES = tmp_path


def page_of(world: World, act: str = "", name: str = "contosodiag") -> str:
    return f"/storage/{world.subscription.id}/web/{name}/{act}"


def wanted(world: World, endpoint: str, bucket: str, **fields: object) -> dict[str, Any]:
    place = {"endpoint": endpoint, "region": "", "bucket": bucket}
    return {
        "group": world.group.pk,
        "name": "newlogs",
        **place,
        "access_key": KEY,
        "secret": SECRET,
        **fields,
    }


def made_in_bucket(world: World, client_of: ClientOf, buckets: Buckets) -> StorageAccount:
    given = wanted(world, buckets.endpoint, buckets.new())
    assert client_of("owner").post("/storage/add/?kind=s3", given).status_code == 302
    return StorageAccount.objects.get(name="newlogs")


def test_an_account_in_a_bucket_is_made_and_its_secret_shown_never_again(
    world: World, client_of: ClientOf, buckets: Buckets
) -> None:
    account = made_in_bucket(world, client_of, buckets)
    assert (account.kind, account.access_key, unseal(account.sealed_secret)) == ("s3", KEY, SECRET)
    assert account.resource_group == world.group
    owner = client_of("owner")
    for act in ("", "edit/", "credentials/"):
        text = owner.get(page_of(world, act, "newlogs")).content.decode()
        assert SECRET not in text
        assert account.sealed_secret not in text
    assert SECRET not in audited(world)
    assert account.sealed_secret not in audited(world)
    assert SECRET not in account.sealed_secret


def test_a_folder_needs_no_more_than_a_name(world: World, client_of: ClientOf) -> None:
    client_of("owner").post("/storage/add/", {"group": world.group.pk, "name": "onfolder"})
    assert StorageAccount.objects.get(name="onfolder").kind == "local"


def test_who_may_not_change_storage_makes_no_account(world: World, client_of: ClientOf) -> None:
    given = {"group": world.group.pk, "name": "newlogs"}
    refused(client_of("reader").post("/storage/add/", given), actions.STORAGE_WRITE, world.contoso.scope)
    assert client_of("stranger").post("/storage/add/", given).status_code == 200
    assert not StorageAccount.objects.filter(name="newlogs").exists()
    assert client_of("owner").post("/storage/add/", given).status_code == 302
    assert StorageAccount.objects.filter(name="newlogs").exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Logs!"}, "Use 3 to 24 lower-case letters and digits."),
        ({"name": "contosodiag"}, "no two storage accounts of a tenant have the same"),
        ({"bucket": "a/b"}, "Use 3 to 63 lower-case letters"),
        ({"endpoint": "http://s3.example.com"}, "starts with https://"),
        ({"endpoint": "https://s3.example.com/bucket"}, "the bucket has its own field"),
        ({"endpoint": "https://key:word@s3.example.com"}, "the bucket has its own field"),
        ({"endpoint": "https://169.254.169.254"}, "may not be reached at this address"),
        ({"access_key": "a b"}, "without spaces"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_made(
    fields: dict[str, str], sentence: str, world: World, client_of: ClientOf
) -> None:
    given = wanted(world, "https://s3.example.com", "logs") | fields
    answer = client_of("owner").post("/storage/add/?kind=s3", given)
    assert sentence in answer.content.decode()
    assert SECRET not in answer.content.decode()
    assert StorageAccount.objects.count() == 1


def test_new_credentials_take_the_place_of_the_old_at_once(
    world: World, client_of: ClientOf, buckets: Buckets
) -> None:
    account = made_in_bucket(world, client_of, buckets)
    where = page_of(world, "credentials/", "newlogs")
    new = {"access_key": "ANOTHER", "secret": " with spaces "}
    refused(client_of("reader").post(where, new), actions.STORAGE_WRITE, account.scope)
    assert client_of("stranger").post(where, new).status_code == 404
    assert client_of("owner").post(where, new).status_code == 302
    account.refresh_from_db()
    assert (account.access_key, unseal(account.sealed_secret)) == ("ANOTHER", " with spaces ")
    assert "with spaces" not in audited(world)


def test_the_test_writes_reads_and_leaves_nothing(
    world: World, client_of: ClientOf, buckets: Buckets
) -> None:
    account = made_in_bucket(world, client_of, buckets)
    answer = client_of("owner").post(page_of(world, "test/", "newlogs"), follow=True)
    assert "An object was written to newlogs, read and deleted." in answer.content.decode()
    assert "answers" in answer.content.decode()
    account.refresh_from_db()
    assert list(store_of(account).names("")) == []
    entry = AuditEntry.objects.filter(scope=account.scope, action=actions.STORAGE_WRITE).latest("seq")
    assert entry.details == {"tested": "ok"}


def test_a_test_that_fails_says_why_in_words_and_on_the_page(world: World, client_of: ClientOf) -> None:
    with answering(error(403, "AccessDenied")) as (endpoint, _heads):
        client_of("owner").post("/storage/add/?kind=s3", wanted(world, endpoint, "logs"))
        answer = client_of("owner").post(page_of(world, "test/", "newlogs"), follow=True)
    text = answer.content.decode()
    assert "newlogs failed the test. The store answers Forbidden." in text
    assert "in trouble" in client_of("owner").get("/storage/").content.decode()
    assert AuditEntry.objects.latest("seq").details == {"tested": "StorageAccountForbidden"}


def test_where_something_is_kept_stays_where_it_is(
    world: World, client_of: ClientOf, buckets: Buckets
) -> None:
    account = made_in_bucket(world, client_of, buckets)
    change = {"endpoint": account.endpoint, "region": "eu-1", "bucket": "elsewhere", "key_access": "on"}
    where = page_of(world, "edit/", "newlogs")
    assert client_of("owner").post(where, change).status_code == 302
    account.refresh_from_db()
    assert (account.bucket, account.region) == ("elsewhere", "eu-1")
    keep_something(world, account)
    answer = client_of("owner").post(where, {**change, "bucket": "again"})
    assert "its address and bucket stay" in answer.content.decode()
    assert client_of("owner").post(where, {**change, "region": "eu-2"}).status_code == 302
    account.refresh_from_db()
    assert (account.bucket, account.region) == ("elsewhere", "eu-2")


def keep_something(world: World, account: StorageAccount) -> None:
    ArchivedPiece.objects.create(
        line_id=world.vm.ports.get().line_id, vm=world.vm, tenant=world.contoso, account=account,
        start=0, end=1, first_ms=0, last_ms=0, blob="a", stored_bytes=1, sha256="0" * 64,
    )  # fmt: skip


def test_only_an_account_that_nothing_uses_is_removed(world: World, client_of: ClientOf) -> None:
    owner, where = client_of("owner"), page_of(world, "remove/")
    refused(client_of("reader").post(where), actions.STORAGE_WRITE, world.storage.scope)
    assert "in use" in owner.post(where).content.decode()
    world.vm.diagnostics_account = None
    world.vm.save()
    retention = Retention.objects.create(tenant=world.contoso, seal_account=world.storage)
    assert "in use" in owner.post(where).content.decode()
    retention.delete()
    assert RoleAssignment.objects.filter(scope=world.storage.scope).exists()
    assert owner.post(where).status_code == 302
    assert not StorageAccount.objects.exists()
    assert not RoleAssignment.objects.filter(scope=world.storage.scope).exists()


def test_what_is_kept_there_keeps_the_account(world: World, client_of: ClientOf) -> None:
    world.vm.diagnostics_account = None
    world.vm.save()
    keep_something(world, world.storage)
    assert "in use" in client_of("owner").post(page_of(world, "remove/")).content.decode()
    assert StorageAccount.objects.exists()


def test_the_command_takes_the_secret_from_a_file_or_standard_input(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    given = {"subscription": "production", "resource_group": "WEB", "kind": "s3", "bucket": "logs"}
    given |= {"endpoint": "https://s3.example.com", "access_key": KEY}
    made = run("storage_add", name="onelogs", secret_file=str(tmp_path / "secret"), **given)
    assert SECRET not in str(made)
    monkeypatch.setattr("sys.stdin", io.StringIO(SECRET))
    run("storage_add", name="twologs", secret_file="-", **given)
    for account in StorageAccount.objects.filter(kind="s3"):
        assert unseal(account.sealed_secret) == SECRET
    assert StorageAccount.objects.get(name="onelogs").scope == made["id"]


def test_the_command_says_what_is_wrong(world: World) -> None:
    place = {"subscription": "production", "resource_group": "web"}
    assert (
        not_done("storage_add", name="logs", kind="s3", **place)
        == "--endpoint: This is needed. bucket: This is needed."
    )
    assert "resource_group_add" in not_done("storage_add", name="logs", **{**place, "resource_group": "none"})
    assert "/nowhere" in not_done("storage_add", name="logs", secret_file="/nowhere", **place)


def test_no_two_accounts_of_a_tenant_have_one_name(world: World, client_of: ClientOf) -> None:
    data = create_resource_group(by=SYSTEM, subscription=world.subscription, name="data")
    answer = client_of("owner").post("/storage/add/", {"group": data.pk, "name": "contosodiag"})
    assert "no two storage accounts of a tenant have the same" in answer.content.decode()
    assert not_done(
        "storage_add", name="contosodiag", subscription="production", resource_group="data"
    ).startswith("name: This name is taken")
    foreign = {"group": world.foreign_group.pk, "name": "contosodiag"}
    assert client_of("stranger").post("/storage/add/", foreign).status_code == 302
    assert client_of("owner").post("/storage/add/", {"group": data.pk, "name": "another"}).status_code == 302
    assert sorted(StorageAccount.objects.values_list("name", "resource_group__name")) == [
        ("another", "data"),
        ("contosodiag", "web"),
        ("contosodiag", "web"),
    ]


def test_in_production_plain_http_is_taken_and_offered_nowhere(
    world: World, client_of: ClientOf, settings: Settings
) -> None:
    page, given = "/storage/add/?kind=s3", wanted(world, "http://127.0.0.1:9000", "logs")
    offer = "http:// is taken for this very machine alone"
    assert offer in client_of("owner").get(page).content.decode()
    settings.PRODUCTION = True
    answer = client_of("owner").post(page, given)
    assert "starts with https://" in answer.content.decode()
    assert offer not in answer.content.decode()
    settings.PRODUCTION = False
    assert client_of("owner").post(page, given).status_code == 302


def test_where_two_of_one_name_exist_pickers_say_where_each_lies(world: World, client_of: ClientOf) -> None:
    picker = world.vm.boot_diagnostics_url
    assert ">contosodiag</option>" in client_of("owner").get(picker).content.decode()
    data = create_resource_group(by=SYSTEM, subscription=world.subscription, name="data")
    StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=data, name="contosodiag"
    )
    for page in (picker, "/records/"):
        shown = client_of("owner").get(page).content.decode()
        assert ">contosodiag: production › data</option>" in shown
        assert ">contosodiag: production › web</option>" in shown
        assert ">contosodiag</option>" not in shown


def test_a_store_that_was_never_tried_is_offered_as_such(
    world: World, client_of: ClientOf, buckets: Buckets
) -> None:
    account = made_in_bucket(world, client_of, buckets)
    assert "not tried yet" in client_of("owner").get(page_of(world, "", "newlogs")).content.decode()
    picker = world.vm.boot_diagnostics_url
    assert ">newlogs: not tried yet</option>" in client_of("owner").get(picker).content.decode()
    client_of("owner").post(page_of(world, "test/", account.name))
    assert ">newlogs</option>" in client_of("owner").get(picker).content.decode()
