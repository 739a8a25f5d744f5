from __future__ import annotations

from datetime import timedelta

from apps.channels import checks, domain
from apps.channels.domain import health, intake
from apps.channels.driver import DeliveryError
from apps.channels.models import Account
from tests.channels.pigeon import letter


def test_healthy_channels_have_no_fault(loft):
    domain.receive(loft, letter(), "application/json")
    assert health.check_account(loft) == ""
    for check in (
        checks.find_account_faults,
        checks.find_quarantined,
        checks.find_stuck_inputs,
        checks.find_troubled_deliveries,
    ):
        assert list(check()) == []


def test_account_that_does_not_answer_is_named_with_what_to_do(loft, pigeon):
    pigeon.fault = DeliveryError("connection refused.", permanent=False, unreachable=True)
    assert health.check_account(loft) == "connection refused."
    (fault,) = checks.find_account_faults()
    assert fault.startswith("pigeon/loft has not answered since")
    assert "connection refused. Check the server" in fault


def test_account_without_a_driver_is_named(db):
    Account.objects.create(channel="smoke", name="signal")
    (fault,) = checks.find_account_faults()
    assert fault.startswith("smoke/signal: no driver")


def test_quarantine_and_stuck_inputs_are_counted(loft, clock):
    domain.receive(loft, b"junk", "application/json")
    intake.store(loft, [letter()], "application/json")
    clock.shift(timedelta(minutes=6))
    assert [
        len(list(check())) for check in (checks.find_quarantined, checks.find_stuck_inputs)
    ] == [1, 1]
