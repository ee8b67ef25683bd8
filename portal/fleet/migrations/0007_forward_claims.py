import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('fleet', '0006_seal_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='forwardtarget',
            name='claimed_until',
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name='alerttarget',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant'),
        ),
        migrations.AlterField(
            model_name='forwardtarget',
            name='tenant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='accounts.tenant'),
        ),
    ]
