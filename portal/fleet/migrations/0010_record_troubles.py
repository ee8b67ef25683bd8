import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sealed_chains"),
        ("fleet", "0009_platform_forwarding"),
    ]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="is_over",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="RecordTrouble",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("damage", "recorded output is damaged or missing"),
                            ("store-away", "recorded output is not taken"),
                            ("output-lost", "recorded output was lost"),
                        ],
                        max_length=12,
                    ),
                ),
                ("began_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("machines", models.PositiveIntegerField(default=0)),
                ("waiting_bytes", models.PositiveBigIntegerField(default=0)),
                (
                    "account",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="fleet.storageaccount",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.tenant"
                    ),
                ),
                (
                    "vm",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="fleet.virtualmachine",
                    ),
                ),
            ],
            options={
                "ordering": ["-began_at"],
            },
        ),
        migrations.AddField(
            model_name="alert",
            name="trouble",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="fleet.recordtrouble",
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.UniqueConstraint(
                fields=("target", "trouble", "is_over"), name="one_alert_per_target_and_trouble"
            ),
        ),
        migrations.AddConstraint(
            model_name="alert",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_over", False), ("sighting__isnull", False), ("trouble", None)),
                    models.Q(("sighting", None), ("trouble__isnull", False)),
                    _connector="OR",
                ),
                name="an_alert_is_of_one_thing",
            ),
        ),
        migrations.AddIndex(
            model_name="recordtrouble",
            index=models.Index(fields=["tenant", "ended_at"], name="record_trouble_by_end"),
        ),
        migrations.AddConstraint(
            model_name="recordtrouble",
            constraint=models.UniqueConstraint(
                condition=models.Q(("account__isnull", False), ("ended_at", None)),
                fields=("tenant", "account", "kind"),
                name="one_open_trouble_of_an_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="recordtrouble",
            constraint=models.UniqueConstraint(
                condition=models.Q(("account", None), ("ended_at", None)),
                fields=("tenant", "kind"),
                name="one_open_trouble_of_the_own_store",
            ),
        ),
    ]
