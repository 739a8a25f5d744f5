from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """Makes our Celery application the current one before any task is called.

    The package's ``__init__`` stays empty, so that the supervisor imports no Celery.
    """

    name = "contactcentre"

    def ready(self) -> None:
        import_module("contactcentre.celery")
        import_module("contactcentre.checks")
