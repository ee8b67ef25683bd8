"""A Serial Console Operator against the pages of one machine: what opens a console is theirs, what records it is not."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts import actions
from accounts.models import AuditEntry, RoleAssignment
from accounts.roles import CONSOLE_OPERATOR, VM_CONTRIBUTOR
from portal.fleet.models import VirtualMachine
from tests.world import World, give

ClientOf = Callable[[str], Client]
SETTINGS = {"log_limit_mib": "8", "log_out_on_detach": "none", "logout_string": "", "enabled": "on"}


@pytest.fixture
def operator(world: World, client_of: ClientOf) -> Client:
    """Before, they had no role at all."""
    for scope in (world.vm.scope, world.storage.scope):
        give(world.people["bystander"], world.contoso, CONSOLE_OPERATOR, scope)
    return client_of("bystander")


@pytest.mark.parametrize(
    ("suffix", "status"),
    [
        ("", 200),
        ("console/", 200),
        ("boot-diagnostics/", 200),
        ("people/", 200),
        ("health/", 200),
        ("log/", 403),
        ("log/links/", 403),
        ("replay/", 403),
        ("screenshot/", 403),
    ],
)
def test_each_page_answers_as_the_role_says(suffix: str, status: int, operator: Client, world: World) -> None:
    assert operator.get(f"{world.vm.get_absolute_url()}{suffix}").status_code == status


def test_boot_diagnostics_are_changed_by_a_contributor_alone(
    operator: Client, world: World, client_of: ClientOf
) -> None:
    page = world.vm.boot_diagnostics_url
    given = {**SETTINGS, "account": str(world.storage.id)}
    assert 'name="log_limit_mib"' not in operator.get(page).content.decode()
    assert operator.post(page, given).status_code == 403
    assert operator.post(page, {**given, "enabled": "", "confirmed": "1"}).status_code == 403
    machine = VirtualMachine.objects.get(id=world.vm.id)
    assert (machine.log_limit_mib, machine.boot_diagnostics) == (world.vm.log_limit_mib, True)
    refused = AuditEntry.objects.filter(action=actions.VM_WRITE, outcome="refused")
    assert refused.count() == 2
    RoleAssignment.objects.filter(principal_id=world.people["bystander"].id).delete()
    give(world.people["bystander"], world.contoso, VM_CONTRIBUTOR, world.vm.scope)
    assert operator.post(page, given).status_code == 302
    assert VirtualMachine.objects.get(id=world.vm.id).log_limit_mib == 8
