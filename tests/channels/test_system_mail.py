"""The portal's own mail in the ordinary outbox: same lease, ladder and truth."""

import pytest
from django.urls import reverse

from apps.accounts import system_mail
from apps.channels import domain
from apps.channels.domain.composing import compose
from apps.channels.driver import DeliveryError
from apps.channels.enums import DeliveryState
from apps.channels.errors import WrongState
from apps.channels.mail.composing import compose as write
from apps.channels.models import Account, Delivery, SystemMail
from apps.desk import troubles
from tests.channels.weather import always

LINK = "https://portal.example/accounts/invitation/secret/"


@pytest.fixture
def account(pigeon, lamps, monkeypatch):
    """The default mail account, carried by pigeons here."""
    monkeypatch.setattr("apps.channels.domain.system_mail.CHANNEL", pigeon.slug)
    return Account.objects.create(
        channel=pigeon.slug, name="loft", address="loft@example.com", team=lamps, is_default=True
    )


@pytest.fixture
def queued(account):
    system_mail.send(system_mail.Message("dan@example.org", "Dan", "Welcome", f"Here: {LINK}"))
    return Delivery.objects.get()


def test_mail_leaves_and_its_link_is_forgotten(queued, pigeon):
    assert domain.deliver(queued.pk)
    queued.refresh_from_db()
    (sent,) = pigeon.sent
    assert (queued.state, sent.subject, sent.text) == ("sent", "Welcome", f"Here: {LINK}")
    assert [party.value for party in sent.to] == ["dan@example.org"]
    assert SystemMail.objects.get().text == ""


def test_machine_mark_stands_on_it(queued, account):
    account.channel = "email"
    raw = write(account.as_view(), compose(queued)).decode()
    assert "Auto-Submitted: auto-generated" in raw
    assert "Reply-To" not in raw


def test_text_is_encrypted_at_rest(queued):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM contact_channels_systemmail")
        assert LINK not in cursor.fetchone()[0]


def test_final_failure_makes_work_and_is_retried(queued, pigeon, ana_agent, client):
    pigeon.weather = always(DeliveryError("no such user", permanent=True))
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == DeliveryState.FAILED
    (shown,) = troubles.find(ana_agent).unsent
    assert (shown.subject, shown.to, shown.number) == ("Welcome", "dan@example.org", "")
    client.force_login(ana_agent)
    assert "Welcome" in client.get(reverse("desk:attention")).content.decode()
    pigeon.weather = None
    client.post(reverse("desk:delivery", args=[queued.pk, "retry"]))
    domain.deliver(queued.pk)
    queued.refresh_from_db()
    assert queued.state == DeliveryState.SENT


def test_stranger_steers_nothing(queued, stranger, client):
    client.force_login(stranger)
    for deed in ("retry", "cancel", "settle"):
        answer = client.post(reverse("desk:delivery", args=[queued.pk, deed]))
        assert answer.status_code == 404
    assert client.post(reverse("desk:undo", args=[queued.pk])).status_code == 404


def test_cancelled_mail_does_not_leave(queued, pigeon, ana_agent):
    domain.cancel_delivery(delivery_id=queued.pk, actor=ana_agent)
    assert not domain.deliver(queued.pk)
    assert pigeon.sent == []


def test_mail_without_its_link_is_not_sent_again(queued, pigeon, ana_agent):
    domain.deliver(queued.pk)
    Delivery.objects.update(state=DeliveryState.BOUNCED)
    with pytest.raises(WrongState):
        domain.retry_delivery(delivery_id=queued.pk, actor=ana_agent)


def test_without_a_default_account_nothing_is_queued(db):
    with pytest.raises(system_mail.NoWay):
        system_mail.send(system_mail.Message("dan@example.org", "", "Welcome", "x"))


def test_invitation_in_the_administrations_outbox(queued, client, root):
    client.force_login(root)
    page = client.get(reverse("admin:contact_channels_delivery_changelist"))
    assert page.status_code == 200
    assert (
        client.get(reverse("admin:contact_channels_delivery_change", args=[queued.pk])).status_code
        == 200
    )
