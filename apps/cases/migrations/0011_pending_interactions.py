from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_offers"),
    ]

    operations = [
        migrations.AddField(
            model_name="interaction",
            name="pending",
            field=models.BooleanField(default=False, verbose_name="still to leave"),
        ),
    ]
