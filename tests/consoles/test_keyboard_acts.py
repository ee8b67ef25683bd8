"""What logs told from audit entries, before they had rows of their own for it, is still told."""

from importlib import import_module
from typing import Any
from uuid import uuid4

from django.apps import apps

from accounts import actions, audit
from accounts.principals import system
from consoles.models import KeyboardAct
from tests.consoles.live.sessions import session
from tests.world import SYSTEM, World

migration = import_module("consoles.migrations.0004_keyboard_acts")


def test_the_audit_is_read_once_for_them(world: World) -> None:
    def entry(action: str, **details: Any) -> None:
        by = SYSTEM if action == actions.TAKE_OVER else system("hub")
        audit.record(by=by, action=action, scope=world.vm.scope, tenant_id=world.contoso.id, details=details)

    session(world, "watcher")
    mine = session(world, "owner")
    entry(actions.TAKE_OVER, session=str(mine.id), how="taken", name="watcher")
    entry(actions.TAKE_OVER, session=str(mine.id), how="free")
    entry(actions.TAKE_OVER, session=str(uuid4()), how="free")
    entry(actions.LOG_OUT, port=0, how="modem")
    entry(actions.LOG_OUT, port=1, how="modem")
    entry(actions.LOG_OUT, port=0, stage="asked")
    migration.keep_what_the_audit_knows(apps, None)
    kept = KeyboardAct.objects.order_by("id").values_list("session", "line_id", "kind", "how", "lost_by_name")
    assert list(kept) == [
        (mine.id, mine.line_id, "takeover", "taken", "watcher"),
        (mine.id, mine.line_id, "takeover", "free", ""),
        (mine.id, mine.line_id, "logout", "modem", ""),
    ]
