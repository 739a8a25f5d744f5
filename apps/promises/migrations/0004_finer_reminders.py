"""Reminders are told in ten-thousandths of the agreed time, which were percent before."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

PER_CENT = 100


def refine(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    promises = apps.get_model("promises", "Promise").objects
    promises.update(
        first_reminder=F("first_reminder") * PER_CENT,
        second_reminder=F("second_reminder") * PER_CENT,
    )


def coarsen(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    promises = apps.get_model("promises", "Promise").objects
    promises.update(
        first_reminder=F("first_reminder") / PER_CENT,
        second_reminder=F("second_reminder") / PER_CENT,
    )


class Migration(migrations.Migration):
    dependencies = [("promises", "0003_lists_and_feeds")]

    operations = [
        migrations.AlterField(
            "promise",
            "first_reminder",
            models.PositiveSmallIntegerField(default=5000, verbose_name="first reminder"),
        ),
        migrations.AlterField(
            "promise",
            "second_reminder",
            models.PositiveSmallIntegerField(default=7500, verbose_name="second reminder"),
        ),
        migrations.RunPython(refine, coarsen, elidable=True),
    ]
