"""People, teams and their preferences."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone, translation

from apps.accounts import rules
from apps.accounts.middleware import UserPreferencesMiddleware
from apps.accounts.models import Membership
from tests.cast import make_user


def test_name_falls_back_to_the_log_in(db):
    assert make_user("plain").name == "plain"
    assert make_user("mei", display_name="林梅").name == "林梅"


def test_membership_is_one_per_team(ana_agent, lamps):
    with pytest.raises(IntegrityError):
        Membership.objects.create(user=ana_agent, team=lamps)


def test_lead_leads_own_team_only(sam_supervisor, ana_agent, lamps, pumps, root):
    leads = [rules.leads(user, team.pk) for user in (sam_supervisor, ana_agent, root)
             for team in (lamps, pumps)]  # fmt: skip
    assert leads == [True, False, False, False, True, True]


def test_roles_are_read_anew_after_refresh(ana_agent, pumps):
    assert pumps.pk not in ana_agent.team_ids
    Membership.objects.create(user=ana_agent, team=pumps)
    ana_agent.refresh_from_db()
    assert pumps.pk in ana_agent.team_ids


def test_time_zone_must_exist(ana_agent):
    ana_agent.timezone = "Mars/Olympus"
    with pytest.raises(ValidationError, match="Mars/Olympus"):
        ana_agent.full_clean()


def test_middleware_activates_language_and_zone_for_the_request_only(ana_agent, rf):
    ana_agent.language, ana_agent.timezone = "zh-hans", "America/New_York"
    request = rf.get("/")
    request.user = ana_agent
    seen = {}

    def view(request):
        seen.update(zone=timezone.get_current_timezone_name(), language=translation.get_language())

    UserPreferencesMiddleware(view)(request)
    assert seen == {"zone": "America/New_York", "language": "zh-hans"}
    assert timezone.get_current_timezone_name() != "America/New_York"


def test_password_is_in_no_history(ana_agent):
    ana_agent.set_password("something-else")
    ana_agent.save()
    assert not hasattr(ana_agent.history.first(), "password")
