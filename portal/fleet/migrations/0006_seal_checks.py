import django.utils.timezone
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F


def carry_over(apps: StateApps, _editor: object) -> None:
    """Seals as when they were written, so that not all are due at once; of exports, that files are missing."""
    apps.get_model("fleet", "AuditSeal").objects.update(checked_at=F("sealed_at"))
    holed = apps.get_model("fleet", "AuditExport").objects.filter(error_code="SealedFileUnreadable")
    holed.update(error_code="", missing_files=1)


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0005_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditseal",
            name="checked_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="auditseal",
            name="damaged_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(
                condition=models.Q(("deleted_at", None)), fields=["checked_at"], name="seal_by_check"
            ),
        ),
        migrations.AddField(
            model_name="auditexport",
            name="missing_files",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="auditexport",
            name="failing_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
    ]
