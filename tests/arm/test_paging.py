import pytest

from portal.arm import paging
from portal.fleet.services.resources import add_vm, create_subscription
from tests import world as worlds
from tests.arm.conftest import CallerOf


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "PAGE", 2)


def test_following_next_links_shows_everything_once(world: worlds.World, caller_of: CallerOf) -> None:
    for number in range(4):
        add_vm(by=worlds.SYSTEM, group=world.group, name=f"more-{number}", os="Linux", serial_url="loop://")
    owner = caller_of("owner")
    link = f"http://testserver/subscriptions/{world.subscription.id}/providers/Microsoft.Compute/virtualMachines?api-version=1"
    names: list[str] = []
    pages = 0
    while link:
        assert link.startswith("http://testserver/")
        assert "api-version=1" in link
        answer = owner.get(link.removeprefix("http://testserver")).json()
        names += [vm["name"] for vm in answer["value"]]
        link, pages = answer.get("nextLink"), pages + 1
    assert names == ["more-0", "more-1", "more-2", "more-3", "web-1", "web-2", "win-1"]
    assert pages == 4


def test_a_page_that_is_just_full_has_no_next(world: worlds.World, caller_of: CallerOf) -> None:
    create_subscription(by=worlds.SYSTEM, tenant=world.contoso, name="second")
    answer = caller_of("owner").get("/subscriptions").json()
    assert len(answer["value"]) == 2
    assert "nextLink" not in answer


@pytest.mark.parametrize("token", ["%", "a", "\u00e9", "gICA", "AAAA"])
def test_a_token_from_elsewhere_is_refused(caller_of: CallerOf, token: str) -> None:
    answer = caller_of("owner")("GET", "/subscriptions", QUERY_STRING=f"$skipToken={token}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidSkipToken"
