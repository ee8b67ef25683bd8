"""Links that expire: made by who may read, opened by who has one, ended by time, by hand, and with the right of their maker."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.models import AuditEntry, RoleAssignment
from accounts.roles import STORAGE_BLOB_DATA_READER
from accounts.services.members import suspend_member
from accounts.services.roles import remove_assignment
from consoles.diagnostics import links
from consoles.jobs import prune_links_job
from consoles.kept.log import Log
from consoles.models import LogLink
from portal.fleet.stores.base import StoreTrouble
from tests.consoles.diagnostics.conftest import Printed
from tests.world import SYSTEM, World, give

ClientOf = Callable[[str], Client]
PAGE = "log/links/"


def made(world: World, client: Client, form: str = "plain", minutes: int = 60) -> str:
    """The address on the page that shows it once."""
    url = f"{world.vm.get_absolute_url()}{PAGE}"
    page = client.post(url, {"form": form, "minutes": minutes}, follow=True).content.decode()
    found = re.search(r"http://testserver(/log/hpl_[\w-]+/)", page)
    assert found, page
    return found[1]


def uses(address: str) -> Any:
    return Client().get(address)


@pytest.fixture
def address(world: World, client_of: ClientOf, printed: Printed) -> str:
    printed(b"\x1b[31mred\x1b[0m\r\n")
    return made(world, client_of("auditor"))


def test_whoever_has_it_gets_the_log_without_signing_in(address: str) -> None:
    answer = uses(address)
    assert answer.status_code == 200
    assert answer.getvalue() == b"red\n"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("attachment")


def test_it_is_shown_once_and_kept_as_a_hash(world: World, client_of: ClientOf, address: str) -> None:
    text = address.split("/")[2]
    page = client_of("auditor").get(f"{world.vm.get_absolute_url()}{PAGE}").content.decode()
    assert text not in page
    assert f"…{text[-4:]}" in page
    assert text not in str(LogLink.objects.values())
    assert text not in str(AuditEntry.objects.values())


def test_loading_its_page_again_makes_no_other_and_shows_it_no_more(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"text")
    url, client = f"{world.vm.get_absolute_url()}{PAGE}?port=0", client_of("auditor")
    answer = client.post(url, {"form": "plain", "minutes": 5})
    assert (answer.status_code, answer["Location"]) == (302, url)
    assert "hpl_" not in str(dict(client.session)), "what waits in the session is sealed"
    assert "/log/hpl_" in client.get(url).content.decode()
    assert "/log/hpl_" not in client.get(url).content.decode()
    assert "hpl_" not in str(dict(client.session))
    assert LogLink.objects.count() == 1


def test_the_page_of_another_machine_does_not_show_it(
    world: World, client_of: ClientOf, printed: Printed
) -> None:
    printed(b"text")
    client = client_of("auditor")
    client.post(f"{world.vm.get_absolute_url()}{PAGE}", {"form": "plain", "minutes": 5})
    assert "/log/hpl_" not in client.get(f"{world.other_vm.get_absolute_url()}{PAGE}").content.decode()


def test_one_that_was_ended_before_says_by_whom(world: World, client_of: ClientOf, address: str) -> None:
    end, client = f"{world.vm.get_absolute_url()}{PAGE}{LogLink.objects.get().id}/end/", client_of("auditor")
    assert "has ended." in client.post(end, follow=True).content.decode()
    assert "was ended by auditor, 20" in client.post(end, follow=True).content.decode()


def test_it_gives_what_it_was_made_for(world: World, client_of: ClientOf, address: str) -> None:
    assert uses(made(world, client_of("auditor"), "raw")).getvalue() == b"\x1b[31mred\x1b[0m\r\n"
    assert uses(made(world, client_of("auditor"), "cast")).getvalue().startswith(b'{"version"')


def test_it_ends_with_its_time(address: str) -> None:
    assert uses(address).status_code == 200
    LogLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert uses(address).status_code == 404


def test_it_ends_by_hand_of_anybody_who_may_read_the_log(
    world: World, client_of: ClientOf, address: str
) -> None:
    end = f"{world.vm.get_absolute_url()}{PAGE}{LogLink.objects.get().id}/end/"
    assert client_of("owner").post(end).status_code == 403
    assert client_of("stranger").post(end).status_code == 404
    assert uses(address).status_code == 200
    give(world.people["watcher"], world.contoso, STORAGE_BLOB_DATA_READER, world.vm.scope)
    assert client_of("watcher").post(end).status_code == 302
    assert uses(address).status_code == 404
    assert LogLink.objects.get().ended_by_name == "watcher"


def test_a_link_is_ended_on_its_own_machine_only(world: World, client_of: ClientOf, address: str) -> None:
    link = LogLink.objects.get()
    wrong = f"{world.other_vm.get_absolute_url()}{PAGE}{link.id}/end/"
    assert client_of("auditor").post(wrong).status_code == 404
    assert client_of("auditor").post(wrong.replace("web-2", "web-1")).status_code == 302


def test_it_is_cut_off_when_the_right_of_its_maker_ends(world: World, address: str) -> None:
    assert uses(address).status_code == 200
    auditor = world.people["auditor"]
    remove_assignment(by=SYSTEM, assignment=RoleAssignment.objects.get(principal_id=auditor.id))
    assert uses(address).status_code == 404
    give(auditor, world.contoso, STORAGE_BLOB_DATA_READER, world.vm.scope)
    assert uses(address).status_code == 200


def test_it_is_cut_off_when_its_maker_is_disabled(world: World, address: str) -> None:
    assert uses(address).status_code == 200
    suspend_member(by=SYSTEM, tenant=world.contoso, user=world.people["auditor"])
    assert uses(address).status_code == 404


def test_the_subscriptions_networks_hold_for_whoever_uses_it(world: World, address: str) -> None:
    world.subscription.address_rules = ["192.0.2.0/24"]
    world.subscription.save()
    assert uses(address).status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.7").get(address).status_code == 200


def test_so_do_those_of_the_storage_account(world: World, address: str) -> None:
    world.storage.default_action, world.storage.allowed_addresses = "Deny", ["192.0.2.0/24"]
    world.storage.save()
    assert uses(address).status_code == 404
    assert Client(REMOTE_ADDR="192.0.2.7").get(address).status_code == 200


def test_each_use_is_audited_with_the_address_it_came_from(address: str) -> None:
    uses(address)
    Client(REMOTE_ADDR="198.51.100.9").get(address)
    Client().head(address)
    entries = AuditEntry.objects.filter(action=actions.LOG_LINK, principal_kind="LogLink").order_by("seq")
    assert [(one.address, one.on_behalf_of) for one in entries] == [
        ("127.0.0.1", "auditor"),
        ("198.51.100.9", "auditor"),
    ]
    assert LogLink.objects.get().uses == 2


@pytest.mark.parametrize("minutes", [0, 1441, -5])
def test_it_lasts_from_a_minute_to_a_day(minutes: int, world: World, client_of: ClientOf) -> None:
    url = f"{world.vm.get_absolute_url()}{PAGE}"
    page = client_of("auditor").post(url, {"form": "plain", "minutes": minutes})
    assert "minutes" in page.context["form"].errors
    with pytest.raises(ValidationError):
        links.make_link(
            by=world.principal("auditor"),
            vm=world.vm,
            port=world.vm.ports.get(),
            form="plain",
            minutes=minutes,
        )
    for fine in (1, 1440):
        assert made(world, client_of("auditor"), minutes=fine)


def test_a_machine_has_at_most_twenty(world: World, client_of: ClientOf) -> None:
    principal, port = world.principal("auditor"), world.vm.ports.get()
    for _ in range(links.MOST):
        links.make_link(by=principal, vm=world.vm, port=port, form="plain", minutes=1)
    with pytest.raises(ValidationError):
        links.make_link(by=principal, vm=world.vm, port=port, form="plain", minutes=1)
    LogLink.objects.filter(id=LogLink.objects.values("id")[:1]).update(ended_at=timezone.now())
    links.make_link(by=principal, vm=world.vm, port=port, form="plain", minutes=1)


def test_guessing_is_throttled_by_address(address: str) -> None:
    guesser = Client(REMOTE_ADDR="203.0.113.5")
    statuses = [guesser.get(f"/log/hpl_{number}/").status_code for number in range(60)]
    assert statuses[0] == 404
    assert statuses[-1] == 429
    assert guesser.get(address).status_code == 429
    assert uses(address).status_code == 200


def test_one_link_is_not_opened_for_ever(address: str) -> None:
    statuses = [Client(REMOTE_ADDR=f"203.0.113.{number}").get(address).status_code for number in range(60)]
    assert statuses[0] == 200
    assert statuses[-1] == 429


def test_its_text_is_in_no_log_of_the_portal(
    world: World, address: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*_given: Any, **_named: Any) -> Any:
        raise StoreTrouble(StoreTrouble.UNREACHABLE)

    with caplog.at_level("DEBUG"), monkeypatch.context() as broken:
        assert uses("/no-such-page/").status_code == 404
        broken.setattr(Log, "read", refuses)
        assert uses(address).status_code == 503
        LogLink.objects.update(ended_at=timezone.now())
        assert uses(address).status_code == 404
    assert "/no-such-page/" in caplog.text, "addresses that fail are logged"
    assert "hpl_" not in caplog.text


def test_its_row_goes_a_month_after_its_end(world: World, client_of: ClientOf, printed: Printed) -> None:
    for _number in range(3):
        made(world, client_of("auditor"), minutes=1)
    gone, closed, _open = LogLink.objects.order_by("made_at")
    now = timezone.now()
    LogLink.objects.filter(id=gone.id).update(expires_at=now - timedelta(days=31))
    LogLink.objects.filter(id=closed.id).update(expires_at=now - timedelta(days=29))
    assert prune_links_job() == 1
    assert prune_links_job() == 0
    assert not LogLink.objects.filter(id=gone.id).exists()
    assert LogLink.objects.count() == 2
    assert AuditEntry.objects.filter(action=actions.LOG_LINK, details__link=str(gone.id)).exists()
