"""What is offered as a link opens: tabs, breadcrumbs and names lead only where the gate lets the person in."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.roles import CONSOLE_WATCHER
from tests.world import World, give

ClientOf = Callable[[str], Client]


def links_in(client: Client, url: str) -> set[str]:
    """Without those to consoles: the page behind is made to say what is missing."""
    page = client.get(url).content.decode()
    main = (
        page[page.index("<main") : page.index("</main>")]
        + page[page.index("<aside") : page.index("</aside>")]
    )
    return {
        one
        for one in re.findall(r'href="(/[^"]*)"', main)
        if "/console/" not in one and "/static/" not in one
    }


def pages_of(world: World) -> list[str]:
    vm = world.vm
    account = f"/storage/{vm.subscription_id}/web/contosodiag/"
    return [
        "/",
        "/vms/",
        "/subs/",
        "/storage/",
        account,
        vm.get_absolute_url(),
        vm.console_url,
        f"/access{vm.scope}",
    ]


@pytest.mark.parametrize("person", ["owner", "reader", "contributor", "watcher", "auditor", "bystander"])
def test_no_link_leads_to_a_refusal(person: str, world: World, client_of: ClientOf) -> None:
    world.subscription.console_enabled = False
    world.subscription.save()
    give(world.people["bystander"], world.contoso, CONSOLE_WATCHER, world.subscription.scope)
    client = client_of(person)
    for url in pages_of(world):
        if client.get(url).status_code == 200:
            refused = {one for one in links_in(client, url) if client.get(one).status_code != 200}
            assert refused == set(), url


def test_the_owner_has_every_link_where_others_read_a_name(world: World, client_of: ClientOf) -> None:
    above = {f"/subs/{world.subscription.id}/", f"/resource-groups/{world.subscription.id}/web/"}
    tabs = {f"/access{world.vm.scope}", f"/activity{world.vm.scope}"}
    url = world.vm.get_absolute_url()
    assert above | tabs <= links_in(client_of("owner"), url)
    theirs = links_in(client_of("contributor"), url)
    assert f"/access{world.vm.scope}" in theirs
    assert not theirs & (above | {f"/activity{world.vm.scope}"})
    assert b"production" in client_of("contributor").get(url).content


def test_the_rail_of_somebody_with_one_subscription_offers_what_may_lie_in_it(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_WATCHER, world.subscription.scope)
    rail = client_of("bystander").get("/").context["frame"].rail
    assert [item.url for item in rail] == ["/vms/", "/consoles/", "/scale-sets/", "/subs/"]


def test_a_subscription_is_listed_for_whoever_holds_anything_in_it_and_linked_for_who_may_open_it(
    world: World, client_of: ClientOf
) -> None:
    give(world.people["bystander"], world.contoso, CONSOLE_WATCHER, world.subscription.scope)
    for person in ("bystander", "contributor", "owner"):
        page = client_of(person).get("/subs/")
        assert [one.name for one in page.context["page"].rows] == ["production"]
        linked = f'href="/subs/{world.subscription.id}/"' in page.content.decode()
        assert linked is (person == "owner")
