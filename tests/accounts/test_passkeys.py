from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts import mfa
from accounts.models import AuditEntry, Passkey, SignIn
from tests.accounts.factors import (
    SoftKey,
    code_of,
    give_app,
    give_key,
    is_signed_in,
    send_json,
    type_password,
)
from tests.world import World


def use(client: Client, key: SoftKey, where: str, query: str = "") -> Any:
    options = send_json(client, f"{where}options/").json()
    return send_json(client, where + query, key.get(options))


def register(client: Client, key: SoftKey, name: str = "laptop") -> Any:
    options = send_json(client, "/account/security/passkeys/options/").json()
    return send_json(client, "/account/security/passkeys/", {**key.create(options), "name": name})


SIGN_IN, CONFIRM = "/sign-in/passkey/", "/account/confirm/passkey/"


def test_it_registers_a_passkey_that_then_opens_the_account_without_a_password(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client, key = client_of("owner"), SoftKey()
    assert register(client, key).json() == {"next": "/account/security/recovery-codes/"}
    assert Passkey.objects.get().name == "laptop"
    fresh = Client()
    assert use(fresh, key, SIGN_IN, "?next=/vms/").json() == {"next": "/vms/"}
    assert is_signed_in(fresh)
    assert SignIn.objects.filter(mfa_at=None).count() == 0
    assert {"added": "passkey", "name": "laptop"} in [
        entry.details.get("second_factor") for entry in AuditEntry.objects.all()
    ]


def test_it_asks_for_the_passkey_after_the_password(world: World) -> None:
    key = give_key(world.people["owner"], verifies=False)
    client = Client()
    assert type_password(client, "owner", next="/vms/")["Location"] == "/sign-in/confirm/"
    assert not is_signed_in(client)
    assert use(client, key, CONFIRM).json() == {"next": "/vms/"}
    assert is_signed_in(client)


def test_it_takes_a_passkey_alone_only_when_that_verified_its_owner(world: World) -> None:
    key = give_key(world.people["owner"], verifies=False)
    client = Client()
    assert use(client, key, SIGN_IN).status_code == 400
    assert not is_signed_in(client)
    key.verifies = True
    assert use(client, key, SIGN_IN).status_code == 200


@pytest.mark.parametrize(
    "forged",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"handle": b"0123456789abcdef"},
        {"handle": b""},
    ],
    ids=["origin", "relying party", "handle", "no handle"],
)
def test_it_refuses_an_answer_made_for_somewhere_or_somebody_else(
    world: World, forged: dict[str, Any]
) -> None:
    key = give_key(world.people["owner"])
    genuine = {name: getattr(key, name) for name in forged}
    for name, value in forged.items():
        setattr(key, name, value)
    client = Client()
    answer = use(client, key, SIGN_IN)
    assert answer.status_code == 400
    assert "was not accepted" in answer.json()["error"]
    for name, value in genuine.items():
        setattr(key, name, value)
    assert use(client, key, SIGN_IN).status_code == 200


@pytest.mark.parametrize("counts", [True, False])
def test_it_takes_an_answer_once_whether_or_not_the_key_counts(world: World, counts: bool) -> None:
    key, client = give_key(world.people["owner"], counts=counts), Client()
    answer = key.get(send_json(client, f"{SIGN_IN}options/").json())
    assert send_json(client, SIGN_IN, answer).status_code == 200
    assert send_json(client, SIGN_IN, answer).status_code == 400
    client.post("/sign-out/")
    send_json(client, f"{SIGN_IN}options/")
    assert send_json(client, SIGN_IN, answer).status_code == 400
    assert not is_signed_in(client)


def test_it_takes_no_answer_to_a_challenge_of_another_browser_or_one_too_old(world: World) -> None:
    key, victim, thief = give_key(world.people["owner"]), Client(), Client()
    options = send_json(victim, f"{SIGN_IN}options/").json()
    send_json(thief, f"{SIGN_IN}options/")
    assert send_json(thief, SIGN_IN, key.get(options)).status_code == 400
    session = victim.session
    session["passkey_get"] = {**session["passkey_get"], "at": 0}
    session.save()
    assert send_json(victim, SIGN_IN, key.get(options)).status_code == 400


def test_it_refuses_a_counter_that_went_back(world: World) -> None:
    key = give_key(world.people["owner"])
    key.count = 10
    assert use(Client(), key, SIGN_IN).status_code == 200
    key.count = 5
    assert use(Client(), key, SIGN_IN).status_code == 400
    key.count = 11
    assert use(Client(), key, SIGN_IN).status_code == 200


def test_it_refuses_a_forged_signature(world: World) -> None:
    give_key(world.people["owner"])
    real = Passkey.objects.get()
    forger = SoftKey(handle=world.people["owner"].id.bytes)
    Passkey.objects.update(credential_id=forger.credential_id)
    assert use(Client(), forger, SIGN_IN).status_code == 400
    Passkey.objects.filter(id=real.id).update(public_key=forger.public_key)
    assert use(Client(), forger, SIGN_IN).status_code == 200


def test_it_does_not_take_another_persons_passkey_as_second_factor(world: World) -> None:
    mine, theirs = give_key(world.people["owner"]), give_key(world.people["reader"])
    client = Client()
    type_password(client, "owner")
    assert use(client, theirs, CONFIRM).status_code == 400
    assert not is_signed_in(client)
    assert use(client, mine, CONFIRM).status_code == 200


def test_it_lets_no_disabled_person_in(world: World) -> None:
    key = give_key(world.people["owner"])
    world.people["owner"].is_active = False
    world.people["owner"].save()
    assert use(Client(), key, SIGN_IN).status_code == 400
    world.people["owner"].is_active = True
    world.people["owner"].save()
    assert use(Client(), key, SIGN_IN).status_code == 200


def test_it_does_not_admit_by_passkey_whoever_belongs_to_an_identity_provider(world: World) -> None:
    user = world.people["owner"]
    key = give_key(user)
    assert use(Client(), key, SIGN_IN).status_code == 200
    user.set_unusable_password()
    user.save()
    client = Client()
    assert use(client, key, SIGN_IN).status_code == 403
    assert not is_signed_in(client)


def test_it_confirms_an_open_sign_in(world: World) -> None:
    key = give_key(world.people["owner"])
    client = Client()
    use(client, key, SIGN_IN)
    SignIn.objects.update(mfa_at=None)
    assert use(client, key, CONFIRM, "?next=/account/security/").json() == {"next": "/account/security/"}
    assert SignIn.objects.get().mfa_at is not None


@pytest.mark.parametrize("signed_in", [False, True])
def test_it_bounds_guessing_of_the_second_factor_and_leaves_codes_open(world: World, signed_in: bool) -> None:
    key, device, client = give_key(world.people["owner"]), give_app(world.people["owner"]), Client()
    if signed_in:
        use(client, key, SIGN_IN)
    else:
        type_password(client, "owner")
    for _ in range(4):
        send_json(client, CONFIRM)
    assert use(client, key, CONFIRM).status_code == 200
    client.post("/sign-out/")
    type_password(client, "owner")
    answers = [send_json(client, CONFIRM).status_code for _ in range(8)]
    assert answers == [400] * 5 + [429] * 3
    assert AuditEntry.objects.filter(error_code="PasskeyNotProved").count() == 9
    refused = use(client, key, CONFIRM)
    assert (refused.status_code, "Too many attempts" in refused.json()["error"]) == (429, True)
    client.post("/sign-in/confirm/", {"code": code_of(device)})
    assert is_signed_in(client)


def test_it_bounds_sign_ins_by_address(world: World) -> None:
    key, client = give_key(world.people["owner"]), Client()
    answers = [send_json(client, SIGN_IN).status_code for _ in range(51)]
    assert answers == [400] * 50 + [429]
    assert use(client, key, SIGN_IN).status_code == 429
    assert not AuditEntry.objects.filter(outcome="refused").exists()


def test_it_survives_nonsense(world: World) -> None:
    client = Client()
    for body in (
        "",
        "[]",
        "nonsense",
        '{"rawId": 7}',
        '{"rawId": "AAAA", "response": "x"}',
        "{}",
        '{"a": "' + "x" * 30000 + '"}',
    ):
        send_json(client, f"{SIGN_IN}options/")
        answer = client.post(SIGN_IN, body, content_type="application/json")
        assert answer.status_code == 400, body[:40]
        assert answer.json()["error"]


def test_it_removes_only_ones_own_passkey(world: World, client_of: Callable[[str], Client]) -> None:
    give_key(world.people["owner"])
    url = f"/account/security/passkeys/{Passkey.objects.get().id}/remove/"
    assert client_of("reader").post(url).status_code == 404
    assert Passkey.objects.count() == 1
    client, key = Client(), give_key(world.people["owner"])
    use(client, key, SIGN_IN)
    assert client.post(url).status_code == 302
    assert Passkey.objects.count() == 1
    assert mfa.has_factor(world.people["owner"])


def test_it_asks_for_a_name_and_registers_a_key_once(
    world: World, client_of: Callable[[str], Client]
) -> None:
    client, key = client_of("owner"), SoftKey()
    assert register(client, key, name="").status_code == 400
    assert register(client, key).status_code == 200
    assert register(client, key).json()["error"] == "This passkey is registered already."
