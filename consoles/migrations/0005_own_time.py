from django.db import migrations, models

SESSION_END = "Microsoft.SerialConsole/serialPorts/endSession/action"
AT_ONCE = 1000


def keep_who_ended_it(apps, schema_editor):
    """Until now only the audit entry knew, which leaves its table once it is sealed."""
    sessions = apps.get_model("consoles", "ConsoleSession").objects.filter(end_code="ended")
    if not sessions.exists():
        return
    entries = apps.get_model("accounts", "AuditEntry").objects.filter(
        action=SESSION_END, outcome="succeeded", details__has_key="session"
    )
    for entry in entries.iterator(chunk_size=AT_ONCE):
        sessions.filter(id=entry.details["session"]).update(ended_by_name=entry.principal_name[:150])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_sealed_chains"), ("consoles", "0004_keyboard_acts")]

    operations = [
        migrations.AddField(
            model_name="consolesession",
            name="live_offset",
            field=models.PositiveBigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="consolesession",
            name="ended_by_name",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.RunPython(keep_who_ended_it, migrations.RunPython.noop),
    ]
