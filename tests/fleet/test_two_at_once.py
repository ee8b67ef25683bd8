"""Two people save at once: each change counts, and none is compared with what somebody read before."""

from typing import Any

import pytest
from django.db.models import QuerySet

from accounts.models import AuditEntry, Tenant
from accounts.services.tenants import change_tenant
from portal.fleet.models import SerialPort, VirtualMachine
from portal.fleet.services.diagnostics import change_boot_diagnostics
from portal.fleet.services.switches import set_boot_diagnostics, switch_port
from tests.world import SYSTEM, World

MIB = 1024 * 1024
DIAGNOSTICS: dict[str, Any] = {
    "enabled": True,
    "account": None,
    "log_out_on_detach": "none",
    "logout_string": "",
}


def test_a_rename_survives_a_change_of_another_setting(world: World) -> None:
    seen_by_one, seen_by_other = (Tenant.objects.get(id=world.contoso.id) for _ in range(2))
    change_tenant(by=SYSTEM, tenant=seen_by_one, name="Contoso Works")
    change_tenant(by=SYSTEM, tenant=seen_by_other, require_mfa=True)
    kept = Tenant.objects.get(id=world.contoso.id)
    assert (kept.name, kept.require_mfa) == ("Contoso Works", True)


def test_what_somebody_sets_back_is_set_back(world: World) -> None:
    seen_by_one, seen_by_other = (VirtualMachine.objects.get(id=world.vm.id) for _ in range(2))
    change_boot_diagnostics(
        by=SYSTEM, vm=seen_by_one, **{**DIAGNOSTICS, "enabled": False}, log_limit_bytes=32 * MIB
    )
    change_boot_diagnostics(by=SYSTEM, vm=seen_by_other, **DIAGNOSTICS, log_limit_bytes=16 * MIB)
    kept = VirtualMachine.objects.get(id=world.vm.id)
    assert (kept.boot_diagnostics, kept.log_limit_bytes) == (True, 16 * MIB)
    assert AuditEntry.objects.filter(details__boot_diagnostics=True).count() == 1


@pytest.mark.parametrize("act", ["diagnostics", "port"])
def test_a_switch_holds_its_row_while_it_is_thrown(
    world: World, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    held: list[Any] = []
    lock = QuerySet.select_for_update

    def holding(self: Any, *args: Any, **kwargs: Any) -> Any:
        held.append(self.model)
        return lock(self, *args, **kwargs)

    monkeypatch.setattr(QuerySet, "select_for_update", holding)
    if act == "port":
        switch_port(by=SYSTEM, port=world.vm.ports.get(), enabled=False)
    else:
        set_boot_diagnostics(by=SYSTEM, vm=world.vm, enabled=False)
    assert (SerialPort if act == "port" else VirtualMachine) in held
