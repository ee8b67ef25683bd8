import django.utils.timezone
from django.db import migrations, models
from django.db.migrations.state import StateApps
from django.db.models import F


def as_when_checked(apps: StateApps, _editor: object) -> None:
    apps.get_model("fleet", "AuditSeal").objects.update(tried_at=F("checked_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0007_forward_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditseal",
            name="tried_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(
                condition=models.Q(("deleted_at", None)), fields=["chain", "tried_at"], name="seal_by_try"
            ),
        ),
        migrations.RunPython(as_when_checked, migrations.RunPython.noop),
    ]
