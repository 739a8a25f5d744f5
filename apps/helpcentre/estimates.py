"""When a request's matter is expected to work again, as steps: also for whom no mail reaches."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.cases.models import Case
from apps.common.text import dated_time
from apps.helpcentre.steps import Step
from apps.promises.models import Estimate

MAX_SHOWN = 20


def expected(case: Case) -> list[Step]:
    """The newest 20 estimates of a request, oldest first, on the clock that is active."""
    newest = list(Estimate.objects.filter(case=case).order_by("-at", "-pk")[:MAX_SHOWN])[::-1]
    steps: list[Step] = []
    for one in newest:
        said = (
            _("The expected time is now %(time)s")
            if steps
            else _("We expect that it works again by %(time)s")
        )
        steps.append(Step(one.at, said % {"time": dated_time(one.restored_at)}, state="calm"))
    return steps
