from __future__ import annotations

from django.db import migrations, models

import apps.common.fields


def keep(apps, schema_editor):
    """Refresh tokens that providers have replaced are worth as much as a log-in."""
    grant = apps.get_model("channel_mail", "Grant")
    for mailbox in apps.get_model("channel_mail", "MailboxState").objects.exclude(refresh_source=""):
        grant.objects.update_or_create(
            source=mailbox.refresh_source, defaults={"refresh_token": mailbox.refresh_token}
        )


class Migration(migrations.Migration):
    dependencies = [("channel_mail", "0002_reason_codes")]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("source", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("refresh_token", apps.common.fields.EncryptedTextField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="mailboxstate", name="refresh_source"),
        migrations.RemoveField(model_name="mailboxstate", name="refresh_token"),
    ]
