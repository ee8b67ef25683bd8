"""What happens to serial ports that were there before their lines had names."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, models

from portal.fleet.models import SerialPort
from tests.world import World

migration = import_module("portal.fleet.migrations.0002_serialport_line_id")


@pytest.mark.django_db(transaction=True)
def test_each_gets_an_id_of_its_own(world: World) -> None:
    """The column as it is halfway through the migration: empty in every row."""
    done, halfway = SerialPort._meta.get_field("line_id"), models.UUIDField(null=True)
    halfway.set_attributes_from_name("line_id")
    with connection.schema_editor() as editor:
        editor.alter_field(SerialPort, done, halfway)
    SerialPort.objects.update(line_id=None)
    migration.give_each_its_own(apps, None)
    with connection.schema_editor() as editor:
        editor.alter_field(SerialPort, halfway, done)
    ids = list(SerialPort.objects.values_list("line_id", flat=True))
    assert len(set(ids)) == len(ids) > 2
    assert None not in ids
