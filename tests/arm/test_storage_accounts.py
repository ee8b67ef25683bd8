from accounts.secrets import seal
from tests import world as worlds
from tests.arm.conftest import CallerOf

ACCOUNTS = "/providers/Microsoft.Storage/storageAccounts"


def test_an_account_has_what_clients_read_and_nothing_that_opens_its_store(
    world: worlds.World, caller_of: CallerOf
) -> None:
    account = world.storage
    account.kind, account.bucket, account.access_key = "s3", "logs", "AKID"
    account.sealed_secret = seal("of the store")
    account.default_action, account.allowed_addresses = "Deny", ["10.0.0.0/8"]
    account.save()
    answer = caller_of("owner").get(account.scope.upper())
    shown = answer.json()
    assert (shown["id"], shown["type"]) == (account.scope, "Microsoft.Storage/storageAccounts")
    assert shown["properties"]["allowSharedKeyAccess"] is True
    rules = shown["properties"]["networkAcls"]
    assert rules["defaultAction"] == "Deny"
    assert rules["ipRules"] == [{"value": "10.0.0.0/8", "action": "Allow"}]
    for secret in ("AKID", "of the store", account.sealed_secret):
        assert secret not in answer.content.decode()


def test_lists_hold_the_accounts_the_caller_sees(world: worlds.World, caller_of: CallerOf) -> None:
    for above in (f"/subscriptions/{world.subscription.id}", world.group.scope):
        names = [one["name"] for one in caller_of("owner").get(above + ACCOUNTS).json()["value"]]
        assert names == ["contosodiag"]
        assert caller_of("bystander").get(above + ACCOUNTS).status_code == 403
        assert caller_of("stranger").get(above + ACCOUNTS).status_code == 404
    assert caller_of("watcher").get(world.storage.scope).status_code == 403
    assert caller_of("stranger").get(world.storage.scope).status_code == 404
