import django.utils.timezone
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F


def as_when_written(apps: StateApps, _editor: object) -> None:
    """So that not all of them are due at once."""
    apps.get_model("consoles", "ArchivedPiece").objects.update(checked_at=F("archived_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("consoles", "0002_archive"),
    ]

    operations = [
        migrations.AddField(
            model_name="archivedpiece",
            name="checked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="archivedpiece",
            index=models.Index(fields=["state", "checked_at"], name="piece_by_check"),
        ),
        migrations.AddIndex(
            model_name="linearchive",
            index=models.Index(condition=models.Q(("vm", None)), fields=["tenant"], name="archive_removed"),
        ),
        migrations.AddIndex(
            model_name="loglink",
            index=models.Index(fields=["expires_at"], name="link_by_end"),
        ),
        migrations.RunPython(as_when_written, migrations.RunPython.noop),
    ]
