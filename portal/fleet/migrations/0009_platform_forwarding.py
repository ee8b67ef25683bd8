import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("fleet", "0008_seal_tries"),
    ]

    operations = [
        migrations.AlterField(
            model_name="forwardtarget",
            name="tenant",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.tenant",
            ),
        ),
        migrations.AddConstraint(
            model_name="forwardtarget",
            constraint=models.UniqueConstraint(
                condition=models.Q(("tenant", None)),
                fields=("kind", "address"),
                name="one_platform_forward_target_per_address",
            ),
        ),
    ]
