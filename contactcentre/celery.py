"""The Celery application: three queues, no result backend, settings named ``CELERY_*``."""

from __future__ import annotations

import os

from celery import Celery
from kombu.entity import Exchange, Queue

from contactcentre import filebroker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")

QUEUES = ("interactive", "intake", "bulk")

filebroker.register()
app = Celery("contactcentre")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
app.autodiscover_tasks()
