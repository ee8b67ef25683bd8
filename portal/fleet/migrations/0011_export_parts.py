from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_the_parts(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Files that live on were made under names without a mark."""
    for export in apps.get_model("fleet", "AuditExport").objects.filter(parts__gt=0):
        export.marks = [""] * export.parts
        export.save(update_fields=["marks"])


class Migration(migrations.Migration):
    dependencies = [("fleet", "0010_record_troubles")]

    operations = [
        migrations.AddField("auditexport", "marks", models.JSONField(default=list)),
        migrations.RunPython(name_the_parts, migrations.RunPython.noop),
        migrations.AddField("auditseal", "leaving_at", models.DateTimeField(null=True)),
    ]
