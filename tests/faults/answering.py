"""Answers every case once, for ever: ``python -m tests.faults.answering``. Run one at a time.

Killed at any moment it goes on where it was, since it asks the database what has no answer.
"""

from __future__ import annotations

import os
import time

import django


def answer_all() -> None:
    from apps.accounts.models import User
    from apps.cases.models import Case
    from apps.channels import domain

    root, _new = User.objects.get_or_create(username="root", is_superuser=True)
    for case in Case.objects.exclude(interactions__direction="outbound").order_by("pk")[:20]:
        domain.reply(case_id=case.pk, actor=root, text=f"We shall look at {case.number}.")


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "contactcentre.settings"
    django.setup()
    while True:
        answer_all()
        time.sleep(0.1)
