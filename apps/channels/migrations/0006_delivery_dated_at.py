from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contact_channels", "0005_newest_input"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="dated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="dated"),
        ),
    ]
