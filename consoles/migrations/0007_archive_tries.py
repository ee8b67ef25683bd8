import django.utils.timezone
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F


def as_when_checked(apps: StateApps, _editor: object) -> None:
    apps.get_model("consoles", "ArchivedPiece").objects.update(tried_at=F("checked_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("consoles", "0006_erasure_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="linearchive",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="archivedpiece",
            name="tried_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="archivedpiece",
            index=models.Index(fields=["tenant", "state", "tried_at"], name="piece_by_try"),
        ),
        migrations.AddIndex(
            model_name="archivedpiece",
            index=models.Index(
                condition=models.Q(("tried_at__gt", models.F("checked_at"))),
                fields=["tenant", "state", "tried_at"],
                name="piece_not_read",
            ),
        ),
        migrations.RunPython(as_when_checked, migrations.RunPython.noop),
    ]
