"""Links to questions behind the scenes, as the mails to those who are asked hold them."""

from __future__ import annotations

from tests.services.portal import Portal

SIGN = """
from apps.helpcentre.domain.answering import sign
from apps.promises.models import Inquiry
print(sign(Inquiry.objects.unanswered().select_related("promise").latest("pk")))
"""
CASE = """
from apps.promises.models import Inquiry
asked = Inquiry.objects.exclude(answered_at=None).select_related("promise__case").latest("pk")
print(asked.promise.case.number)
"""


def sign_question(portal: Portal) -> str:
    """The link by which the newest open question is answered."""
    return _said(portal, SIGN)


def find_answered(portal: Portal) -> str:
    """The number of a case in which a question was answered and an expected time said."""
    return _said(portal, CASE)


def _said(portal: Portal, script: str) -> str:
    made = portal.manage("shell", "-v", "0", "-c", script)
    assert made.returncode == 0, made.stderr
    return made.stdout.decode().split()[-1]
