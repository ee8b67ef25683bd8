"""What the hub does by itself is in the audit like what people do."""

from accounts import actions
from accounts.models import AuditEntry
from consoles.telling import record_log_out
from tests.world import World


def test_a_guest_that_was_logged_out_is_in_the_audit_of_its_tenant(world: World) -> None:
    port = world.vm.ports.get()
    record_log_out(line_id=str(port.line_id), how="string")
    entry = AuditEntry.objects.get(action=actions.LOG_OUT)
    assert (entry.chain.tenant_id, entry.scope, entry.principal_name) == (
        world.contoso.id,
        world.vm.scope,
        "hub",
    )
    assert entry.details == {"port": 0, "how": "string"}
