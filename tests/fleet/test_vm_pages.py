"""The dashboard, the list of machines and a machine's own page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import AuditEntry
from portal.fleet.context import RAIL
from portal.fleet.models import (
    NetworkInterface,
    ScaleSet,
    StorageAccount,
    Subnet,
    VirtualMachine,
    VirtualNetwork,
)
from portal.fleet.models.vms import MIB
from portal.fleet.services.resources import add_vm, create_resource_group, create_subscription
from tests.world import SYSTEM, World

ClientOf = Callable[[str], Client]
BUDGET = 11
NAMES = ["web-1", "web-2", "win-1"]


def names_on(client: Client, query: str = "") -> list[str]:
    answer = client.get(f"/vms/?{query}")
    assert answer.status_code == 200
    return [vm.name for vm in answer.context["page"].rows]


def instance_of(world: World) -> VirtualMachine:
    workers = ScaleSet.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="workers"
    )
    return add_vm(
        by=SYSTEM,
        group=world.group,
        name="workers_0",
        os="Linux",
        serial_url="loop://",
        scale_set=workers,
        instance_id=0,
    )


def give_address(world: World, address: str) -> None:
    place = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    network = VirtualNetwork.objects.create(name="net", **place)
    subnet = Subnet.objects.create(network=network, name="front", prefix="10.0.0.0/24")
    NetworkInterface.objects.create(
        name="web-1-nic", vm=world.vm, subnet=subnet, private_address=address, **place
    )


@pytest.mark.parametrize("entry", RAIL, ids=lambda entry: entry.path)
def test_the_rail_leads_to_pages_that_exist(entry: Any, world: World, client_of: ClientOf) -> None:
    url = entry.path.format(tenant=world.contoso.id)
    assert client_of("owner").get(url).status_code == 200


def test_the_rail_offers_only_what_may_be_opened(world: World, client_of: ClientOf) -> None:
    def offered(person: str) -> list[str]:
        return [item.url for item in client_of(person).get("/").context["frame"].rail]

    assert "/people/" in offered("owner")
    assert offered("contributor") == ["/vms/", "/consoles/", "/storage/", "/subs/"]
    assert "/consoles/" in offered("watcher")
    assert "/consoles/" not in offered("reader")
    assert offered("bystander") == []


def test_the_dashboard_counts_only_what_is_seen(world: World, client_of: ClientOf) -> None:
    def counts(person: str) -> dict[str, int]:
        found: dict[str, int] = client_of(person).get("/").context["overview"].counts
        return found

    assert counts("owner") == {"running": 2, "changing": 0, "off": 1, "unknown": 0}
    assert counts("contributor") == {"running": 1, "changing": 0, "off": 0, "unknown": 0}
    assert counts("stranger") == {"running": 0, "changing": 0, "off": 0, "unknown": 1}


def test_the_dashboard_shows_trouble_and_switched_off_subscriptions(
    world: World, client_of: ClientOf
) -> None:
    world.vm.provisioning_state = "Failed"
    world.vm.save()
    world.subscription.console_enabled = False
    world.subscription.save()
    overview = client_of("owner").get("/").context["overview"]
    assert [vm.name for vm in overview.trouble] == ["web-1"]
    assert overview.switched_off == [world.subscription]


def test_the_dashboard_shows_activity_to_whoever_may_read_it(world: World, client_of: ClientOf) -> None:
    assert client_of("auditor").get("/").context["entries"]
    assert not client_of("watcher").get("/").context["entries"]


def test_an_empty_tenant_is_told_how_the_first_machine_gets_there(world: World, client_of: ClientOf) -> None:
    VirtualMachine.objects.filter(tenant=world.fabrikam).delete()
    assert b"manage.py vm_add" in client_of("stranger").get("/").content
    assert b"manage.py vm_add" not in client_of("owner").get("/").content


def test_the_list_shows_each_person_what_they_may_see(world: World, client_of: ClientOf) -> None:
    assert names_on(client_of("owner")) == NAMES
    assert names_on(client_of("contributor")) == ["web-1"]
    assert names_on(client_of("bystander")) == []
    assert [vm.id for vm in client_of("stranger").get("/vms/").context["page"].rows] == [world.foreign_vm.id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=eb-", ["web-1", "web-2"]),
        ("q=WEB-1", ["web-1"]),
        ("q=windows", ["win-1"]),
        ("q=10.0.0", ["web-1"]),
        ("q=nothing", []),
        ("power=deallocated", ["web-2"]),
        ("power=off", ["web-2"]),
        ("os=Windows&power=running", ["win-1"]),
        ("host=local", NAMES),
        ("host=elsewhere", []),
        ("group=WEB", NAMES),
        ("group=we", []),
        ("sort=-name", NAMES[::-1]),
        ("sort=power_state", ["web-2", "web-1", "win-1"]),
        ("sort=-os", ["win-1", "web-2", "web-1"]),
        ("sort=password", NAMES),
    ],
)
def test_the_list_filters_and_sorts(
    query: str, expected: list[str], world: World, client_of: ClientOf
) -> None:
    give_address(world, "10.0.0.4")
    assert names_on(client_of("owner"), query) == expected


def test_the_list_filters_by_subscription(world: World, client_of: ClientOf) -> None:
    other = create_subscription(by=SYSTEM, tenant=world.contoso, name="test")
    group = create_resource_group(by=SYSTEM, subscription=other, name="lab")
    add_vm(by=SYSTEM, group=group, name="lab-1", os="Linux", serial_url="loop://")
    assert names_on(client_of("owner"), f"subscription={other.id}") == ["lab-1"]


def test_a_filter_that_means_nothing_is_told_at_its_field(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").get(f"/vms/?subscription={world.foreign_subscription.id}&q=web")
    assert answer.context["page"].rows == []
    assert "subscription" in answer.context["filters"].errors
    assert b'value="web"' in answer.content


def test_instances_of_scale_sets_are_in_the_list_and_have_a_page(world: World, client_of: ClientOf) -> None:
    instance = instance_of(world)
    client = client_of("owner")
    assert "workers_0" in names_on(client)
    url = f"/scale-sets/{world.subscription.id}/web/workers/0/"
    assert instance.get_absolute_url() == url
    assert client.get(url).status_code == 200
    assert client.get(f"/scale-sets/{world.subscription.id}/web/workers/1/").status_code == 404


def test_an_htmx_request_gets_the_rows_without_the_frame(world: World, client_of: ClientOf) -> None:
    answer = client_of("owner").get("/vms/?q=web", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert b"web-1" in answer.content


def test_polling_answers_only_with_rows_that_changed(world: World, client_of: ClientOf) -> None:
    client = client_of("owner")
    same = f"{world.vm.id}:running:Succeeded:"
    assert client.get("/vms/states/", {"known": [same]}).status_code == 204
    answer = client.get("/vms/states/", {"known": [same, f"{world.other_vm.id}:running:Succeeded:"]})
    assert f'id="state-{world.other_vm.id}"'.encode() in answer.content
    assert f'id="state-{world.vm.id}"'.encode() not in answer.content


def test_polling_tells_nothing_of_machines_that_are_not_seen(world: World, client_of: ClientOf) -> None:
    known = {"known": [f"{world.foreign_vm.id}:x:y"]}
    assert client_of("owner").get("/vms/states/", known).status_code == 204
    assert client_of("stranger").get("/vms/states/", known).status_code == 200


@pytest.mark.parametrize("known", ["", "x", ":", "1", "٣:running:Succeeded:", "9" * 40 + ":a:b", "-1:a:b"])
def test_polling_takes_nonsense_calmly(known: str, world: World, client_of: ClientOf) -> None:
    assert client_of("owner").get("/vms/states/", {"known": [known]}).status_code == 204


@pytest.mark.parametrize(
    "page", ["/", "/vms/", "/vms/?q=web&power=running&sort=-host", "vm", "boot-diagnostics"]
)
@pytest.mark.parametrize("person", ["owner", "contributor"])
def test_pages_stay_within_their_queries(
    page: str, person: str, world: World, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    here = {"vm": world.vm.get_absolute_url(), "boot-diagnostics": world.vm.boot_diagnostics_url}.get(
        page, page
    )
    client = client_of(person)
    client.get(here)
    # besides the settings, boot diagnostics show who was on the console and how the log is kept
    with django_assert_max_num_queries({"/": 12, "boot-diagnostics": 15}.get(page, BUDGET)):
        assert client.get(here).status_code == 200


def test_a_machine_is_shown_to_whoever_may_see_it(world: World, client_of: ClientOf) -> None:
    url = world.other_vm.get_absolute_url()
    assert client_of("owner").get(url).status_code == 200
    refused = client_of("contributor").get(url)
    assert refused.status_code == 403
    assert b"Microsoft.Compute/virtualMachines/read" in refused.content
    assert client_of("stranger").get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_machine_s_address_ignores_case_as_names_do(world: World, client_of: ClientOf) -> None:
    assert client_of("owner").get(world.vm.get_absolute_url().replace("web-1", "WEB-1")).status_code == 200


def test_the_page_shows_activity_to_whoever_may_read_it(world: World, client_of: ClientOf) -> None:
    url = world.vm.get_absolute_url()
    assert client_of("owner").get(url).context["entries"]
    assert not client_of("watcher").get(url).context["entries"]


SETTINGS = {
    "enabled": "on",
    "account": "",
    "log_limit_mib": "32",
    "log_out_on_detach": "none",
    "logout_string": "",
}


def test_boot_diagnostics_are_changed_by_whoever_may_write(world: World, client_of: ClientOf) -> None:
    url = world.vm.boot_diagnostics_url
    assert client_of("watcher").post(url, SETTINGS).status_code == 403
    assert client_of("stranger").post(url, SETTINGS).status_code == 404
    assert client_of("owner").post(url, SETTINGS).status_code == 302
    world.vm.refresh_from_db()
    assert (world.vm.log_limit_bytes, world.vm.diagnostics_account) == (32 * MIB, None)


def test_turning_boot_diagnostics_off_asks_first(world: World, client_of: ClientOf) -> None:
    client, url = client_of("owner"), world.vm.boot_diagnostics_url
    off = {**SETTINGS, "enabled": "", "log_limit_mib": "48"}
    asked = client.post(url, off)
    assert asked.status_code == 200
    assert b'name="confirmed"' in asked.content
    assert b'value="48"' in asked.content
    world.vm.refresh_from_db()
    assert world.vm.boot_diagnostics
    assert client.post(url, {**off, "confirmed": "1"}).status_code == 302
    world.vm.refresh_from_db()
    assert not world.vm.boot_diagnostics


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("log_limit_mib", "0"),
        ("log_limit_mib", "1025"),
        ("log_limit_mib", "x"),
        ("log_out_on_detach", "shout"),
        ("account", "999"),
    ],
)
def test_bad_settings_are_told_at_their_field(
    field: str, value: str, world: World, client_of: ClientOf
) -> None:
    answer = client_of("owner").post(world.vm.boot_diagnostics_url, {**SETTINGS, field: value})
    assert field in answer.context["form"].errors


def test_a_logout_string_is_needed_to_send_one_and_is_not_audited(world: World, client_of: ClientOf) -> None:
    client, url = client_of("owner"), world.vm.boot_diagnostics_url
    string = {**SETTINGS, "log_out_on_detach": "string"}
    assert "logout_string" in client.post(url, string).context["form"].errors
    assert client.post(url, {**string, "logout_string": "exit s3cret"}).status_code == 302
    assert not [one for one in AuditEntry.objects.all() if "s3cret" in str(one.details)]


def test_an_account_that_cannot_hold_the_log_is_refused(world: World, client_of: ClientOf) -> None:
    place = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    premium = StorageAccount.objects.create(name="fast", kind="premium", **place)
    answer = client_of("owner").post(world.vm.boot_diagnostics_url, {**SETTINGS, "account": premium.id})
    assert "account" in answer.context["form"].errors


def test_an_account_that_cannot_hold_the_log_is_shown_and_cannot_be_chosen(
    world: World, client_of: ClientOf
) -> None:
    place = {"tenant": world.contoso, "subscription": world.subscription, "resource_group": world.group}
    premium = StorageAccount.objects.create(name="fast", kind="premium", **place)
    page = client_of("owner").get(world.vm.boot_diagnostics_url).content.decode()
    assert f'<option value="{premium.id}" disabled>fast: premium (cannot hold boot diagnostics)' in page
    world.vm.diagnostics_account = premium
    world.vm.save()
    page = client_of("owner").get(world.vm.boot_diagnostics_url).content.decode()
    assert f'<option value="{premium.id}" selected>' in page


def test_another_account_warns_of_the_right_that_typing_needs(world: World, client_of: ClientOf) -> None:
    client, url = client_of("owner"), world.other_vm.boot_diagnostics_url
    chosen = {**SETTINGS, "account": str(world.storage.id)}
    assert b"right to use the keys" in client.post(url, chosen, follow=True).content
    assert b"right to use the keys" not in client.post(url, chosen, follow=True).content
    assert b"right to use the keys" not in client.post(url, SETTINGS, follow=True).content


@pytest.mark.parametrize("switch", ["subscription", "boot diagnostics", "port"])
def test_a_console_that_is_switched_off_is_not_offered(
    switch: str, world: World, client_of: ClientOf
) -> None:
    client = client_of("owner")
    assert b"Console off" not in client.get("/vms/?q=web-1").content
    world.subscription.console_enabled = switch != "subscription"
    world.subscription.save()
    world.vm.boot_diagnostics = switch != "boot diagnostics"
    world.vm.save()
    world.vm.ports.update(enabled=switch != "port")
    rows = client.get("/vms/?q=web-1").content
    assert b"Console off" in rows
    assert b"Serial console of web-1" not in rows
    for headers in ({}, {"HX-Request": "true"}):
        assert b"Console off" in client.get("/search/?q=web-1", headers=headers).content


def test_saving_does_not_lose_an_account_that_one_does_not_see(world: World, client_of: ClientOf) -> None:
    hidden = StorageAccount.objects.create(
        tenant=world.contoso, subscription=world.subscription, resource_group=world.group, name="hidden"
    )
    world.vm.diagnostics_account = hidden
    world.vm.save()
    form = client_of("contributor").get(world.vm.boot_diagnostics_url).context["form"]
    assert hidden in form.fields["account"].queryset
