from itertools import islice

import django.db.models.deletion
from django.db import migrations, models

TAKE_OVER = "Microsoft.SerialConsole/serialPorts/takeOver/action"
LOG_OUT = "Microsoft.SerialConsole/serialPorts/logOut/action"
AT_ONCE = 1000


def keep_what_the_audit_knows(apps, schema_editor):
    """Until now a log's moments were told from audit entries, which leave their table once they are sealed."""
    acts, sessions = (apps.get_model("consoles", name).objects for name in ("KeyboardAct", "ConsoleSession"))
    if not sessions.exists():
        return
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(action__in=(TAKE_OVER, LOG_OUT))
    known = entries.only("action", "at", "scope", "details").order_by("id").iterator(chunk_size=AT_ONCE)
    while some := list(islice(known, AT_ONCE)):
        came = [entry.details["session"] for entry in some if entry.action == TAKE_OVER]
        theirs = {str(one.id): one for one in sessions.filter(id__in=came).only("line_id")}
        found = [(entry, _session(sessions, theirs, entry)) for entry in some]
        acts.bulk_create(_act(acts.model, entry, session) for entry, session in found if session is not None)


def _session(sessions, theirs, entry):
    """Of what the hub did by itself, the one that came last before; an agent's own log-outs are operations."""
    told = entry.details
    if entry.action == TAKE_OVER:
        return theirs.get(told["session"])
    if "how" not in told:
        return None
    before = sessions.filter(scope__iexact=entry.scope, port_number=told["port"], started_at__lte=entry.at)
    return before.order_by("-started_at").only("line_id").first()


def _act(model, entry, session):
    return model(
        session=session,
        line_id=session.line_id,
        at=entry.at,
        kind="takeover" if entry.action == TAKE_OVER else "logout",
        how=entry.details["how"],
        lost_by_name=entry.details.get("name", "")[:150],
    )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sealed_chains"), ("consoles", "0003_archive_checks")]

    operations = [
        migrations.CreateModel(
            name="KeyboardAct",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line_id", models.UUIDField()),
                ("at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("takeover", "Take Over"), ("logout", "Log Out"), ("break", "Break")],
                        max_length=10,
                    ),
                ),
                ("how", models.CharField(blank=True, max_length=10)),
                ("lost_by_name", models.CharField(blank=True, max_length=150)),
                ("count", models.PositiveIntegerField(default=1)),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="acts",
                        to="consoles.consolesession",
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["line_id", "-at"], name="act_by_line")],
            },
        ),
        migrations.RunPython(keep_what_the_audit_knows, migrations.RunPython.noop),
    ]
