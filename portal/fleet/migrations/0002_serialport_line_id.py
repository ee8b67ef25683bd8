import uuid

from django.db import migrations, models


def give_each_its_own(apps, schema_editor):
    """One default would be the same for all rows that are there already."""
    ports = apps.get_model("fleet", "SerialPort").objects
    for some in _batches(list(ports.filter(line_id=None).only("id"))):
        for port in some:
            port.line_id = uuid.uuid4()
        ports.bulk_update(some, ["line_id"])


def _batches(rows, size=500):
    return (rows[start : start + size] for start in range(0, len(rows), size))


class Migration(migrations.Migration):
    dependencies = [("fleet", "0001_initial")]

    operations = [
        migrations.AddField("serialport", "line_id", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.AlterField(
            "serialport", "line_id", models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
        ),
    ]
