"""What stopped on its way: retried, cancelled and set aside, one by one and together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from apps.accounts.models import Team, User
from apps.cases.models import Case
from apps.channels import domain, hearing
from apps.channels.enums import DeliveryState
from apps.channels.mail.enums import Fate
from apps.channels.mail.models import LedgerEntry, MailboxState
from apps.channels.models import Account, Delivery, InboundMessage
from apps.common.sentences import gettext as _
from tests.cast import make_case
from tests.desk.test_inbox import MAX_QUERIES, queries_of

ATTENTION = "/desk/attention/"


def failed(case: Case, account: Account, actor: User, **fields: object) -> Delivery:
    delivery = domain.reply(case_id=case.pk, actor=actor, text="We come.").delivery
    values = {"state": DeliveryState.FAILED, "attempts": 1, "account": account}
    Delivery.objects.filter(pk=delivery.pk).update(**(values | fields))
    return Delivery.objects.get(pk=delivery.pk)


def quarantined(account: Account, number: int = 1) -> InboundMessage:
    result = domain.receive(account, b"\r\n" * number, "message/rfc822")
    assert result.state == "quarantined"
    return InboundMessage.objects.get(pk=result.inbound)


@pytest.fixture
def theirs(pumps: Team) -> Account:
    """An account of the stranger's team."""
    return Account.objects.create(
        channel="email", name="pumps", address="pumps@portal.example", team=pumps
    )


def press(client: Client, deed: str, **rows: list[int]) -> str:
    answer = client.post(reverse("desk:bulk"), {"deed": deed} | rows, follow=True)
    assert answer.status_code == 200
    return answer.text


def test_many_are_retried_with_one_press_and_refusals_are_told(
    ana: Client, ana_agent: User, mailbox: Account, lamps: Team
):
    rows = [failed(make_case(team=lamps), mailbox, ana_agent) for _ in range(3)]
    Delivery.objects.filter(pk=rows[2].pk).update(state=DeliveryState.SENT)
    page = press(ana, "retry", delivery=[row.pk for row in rows])
    assert "2 tried again, 1 refused: This is not possible now" in page
    states = list(Delivery.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["queued", "queued", "sent"]


def test_many_are_cancelled_or_seen_to(ana: Client, ana_agent: User, mailbox, lamps: Team):
    late = {"state": DeliveryState.QUEUED, "warned_at": timezone.now()}
    first, second = (failed(make_case(team=lamps), mailbox, ana_agent, **late) for _ in range(2))
    assert "1 cancelled." in press(ana, "cancel", delivery=[first.pk])
    assert "1 seen to." in press(ana, "settle", delivery=[second.pk])
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == "cancelled"
    assert second.settled_at


def test_rights_are_asked_for_each_row(
    ana: Client, stranger: User, mailbox: Account, theirs: Account, pumps: Team
):
    foreign = failed(make_case(team=pumps), theirs, stranger)
    closed = quarantined(theirs)
    own = quarantined(mailbox)
    page = press(ana, "settle", delivery=[foreign.pk, 999_999], input=[closed.pk, own.pk])
    assert "1 seen to, 3 refused: It is not on the list any more." in page
    foreign.refresh_from_db()
    closed.refresh_from_db()
    own.refresh_from_db()
    assert foreign.settled_at is None
    assert (closed.state, own.state) == ("quarantined", "ignored")


def test_inputs_are_read_again_and_keep_their_reason(ana: Client, mailbox: Account):
    rows = [quarantined(mailbox, number) for number in (1, 2)]
    page = press(ana, "retry", input=[row.pk for row in rows])
    assert "0 tried again, 2 refused: The mail" in page
    assert InboundMessage.objects.quarantined().count() == 2


def test_press_without_rows_or_with_nonsense_changes_nothing(ana: Client, mailbox: Account):
    row = quarantined(mailbox)
    assert "Tick something first." in press(ana, "retry")
    for data in ({"deed": "burn", "input": [row.pk]}, {"deed": "retry", "input": ["1; DROP"]}):
        assert ana.post(reverse("desk:bulk"), data).status_code == 302
    row.refresh_from_db()
    assert row.state == "quarantined"


def test_input_that_was_set_aside_stands_under_spam_and_can_be_tried_again(
    ana: Client, mailbox: Account
):
    row = quarantined(mailbox)
    page = ana.post(reverse("desk:set_aside", args=[row.pk]), follow=True).text
    assert reverse("desk:set_aside", args=[row.pk]) not in page
    assert "Set aside by hand" in ana.get(reverse("desk:spam")).text
    ana.post(reverse("desk:retry_input", args=[row.pk]), {"back": "spam"})
    row.refresh_from_db()
    assert row.state == "quarantined"


def test_reason_is_read_in_the_language_of_the_reader(ana: Client, mailbox: Account):
    with override("zh-hans"):
        quarantined(mailbox)
    assert "The mail is empty." in ana.get(ATTENTION).text


def test_page_costs_the_same_queries_with_one_and_three_rows(
    ana: Client, ana_agent: User, mailbox: Account, lamps: Team
):
    failed(make_case(team=lamps), mailbox, ana_agent)
    quarantined(mailbox)
    one = queries_of(ana, ATTENTION)
    for number in (2, 3):
        failed(make_case(team=lamps), mailbox, ana_agent)
        quarantined(mailbox, number)
    assert queries_of(ana, ATTENTION) == one


# --- accounts


def test_account_page_says_what_is_wrong_and_what_to_do(
    ana: Client, root: User, mailbox: Account, at_desk: Callable[[User], Client]
):
    MailboxState.objects.create(account=mailbox, failures=3, last_error=_("The mail is empty."))
    Account.objects.filter(pk=mailbox.pk).update(
        incoming="imap://u:secret@mail.example", unreachable_since=timezone.now()
    )
    page = ana.get(reverse("desk:accounts")).text
    assert "Does not work" in page
    assert "Fetching: The mail is empty." in page
    assert "Tell an administrator" in page
    assert "secret" not in page
    assert "/admin/" not in page
    theirs = at_desk(root).get(reverse("desk:accounts")).text
    assert reverse("admin:contact_channels_account_change", args=[mailbox.pk]) in theirs


def test_mail_that_was_left_in_its_mailbox_is_on_the_desk(ana: Client, mailbox: Account):
    Account.objects.update(incoming="imap://u:p@localhost")
    state = MailboxState.objects.create(account=mailbox, last_success_at=timezone.now())
    assert "could not be fetched" not in ana.get("/desk/attention/").text
    LedgerEntry.objects.create(
        mailbox=state, uid=7, mark="x", fate=Fate.REFUSED, reason=_("The mail is empty.")
    )
    for page in ("/desk/attention/", "/desk/accounts/"):
        assert "1 mail could not be fetched and stays in the mailbox" in ana.get(page).text


def test_account_page_counts_what_waits(ana: Client, ana_agent: User, mailbox, lamps: Team):
    domain.reply(case_id=make_case(team=lamps).pk, actor=ana_agent, text="We come.")
    failed(make_case(team=lamps), mailbox, ana_agent)
    quarantined(mailbox)
    page = " ".join(ana.get(reverse("desk:accounts")).text.split())
    for label in ("Waits to leave", "Did not arrive", "In quarantine"):
        assert f'<dt>{label}</dt><dd class="break">1</dd>' in page.replace("> <", "><")


def test_account_whose_mail_is_pushed_says_when_it_came_last(ana: Client, mailbox: Account):
    before = ana.get(reverse("desk:accounts")).text
    assert "Not tried yet" in before
    domain.receive(mailbox, b"From: zoe@x.example\r\nSubject: A\r\n\r\nB\r\n", "message/rfc822")
    InboundMessage.objects.update(received_at=datetime(2026, 3, 4, 5, 6, tzinfo=UTC))
    page = " ".join(ana.get(reverse("desk:accounts")).text.split())
    assert "Not tried yet" not in page
    assert '<dt>Received last</dt><dd class="break">–</dd>' not in page.replace("> <", "><")


def test_foreign_account_is_on_no_page(foreigner: Client, mailbox: Account):
    Account.objects.update(unreachable_since=timezone.now(), last_error="Broken")
    for address in (reverse("desk:accounts"), ATTENTION, "/desk/inbox/"):
        page = foreigner.get(address).text
        assert "Broken" not in page
        assert "does not work." not in page


@pytest.mark.parametrize(
    ("state", "down"),
    [
        ({"failures": 2, "last_error": "Silent"}, True),
        ({"failures": 1, "last_error": "Silent"}, False),
        ({"failures": 0, "last_error": "No password"}, True),
        ({"failures": 0, "last_error": "Marks nothing", "recent": True}, False),
        ({"failures": 0}, False),
    ],
)
def test_banner_stands_on_every_page_while_a_mailbox_fails(
    ana: Client, mailbox: Account, state: dict, down: bool
):
    now = timezone.now()
    recent = {"last_success_at": now} if state.pop("recent", False) else {}
    MailboxState.objects.create(account=mailbox, last_error_at=now, **recent, **state)
    Account.objects.filter(pk=mailbox.pk).update(incoming="imap://u:p@mail.example")
    assert ("1 account does not work." in ana.get("/desk/inbox/").text) is down
    assert ("1 account does not work." in ana.get("/desk/search/").text) is down


def test_banner_comes_and_goes_with_the_outgoing_server(ana: Client, mailbox: Account):
    Account.objects.update(unreachable_since=timezone.now() - timedelta(seconds=1))
    assert "does not work." in ana.get("/desk/inbox/").text
    Account.objects.update(unreachable_since=None)
    assert "does not work." not in ana.get("/desk/inbox/").text


def test_banner_costs_no_query(ana: Client, mailbox: Account):
    before = queries_of(ana, "/desk/inbox/")
    Account.objects.update(unreachable_since=timezone.now())
    assert queries_of(ana, "/desk/inbox/") == before <= MAX_QUERIES


def test_accounts_page_costs_the_same_queries_with_one_and_three(
    ana: Client, mailbox: Account, lamps: Team
):
    one = queries_of(ana, reverse("desk:accounts"))
    for name in ("second", "third"):
        Account.objects.create(channel="email", name=name, team=lamps)
    assert queries_of(ana, reverse("desk:accounts")) == one


@pytest.mark.parametrize("deed", ["retry", "cancel"])
def test_mail_on_its_way_is_steered_only_from_its_case(
    client: Client, mailbox: Account, ana_agent: User, stranger: User, pumps: Team, deed: str
):
    """An account's team sees to what failed; an answer of another team's case is not theirs."""
    case = make_case(team=pumps)
    later = timezone.now() + timedelta(days=1)
    held = domain.reply(case_id=case.pk, actor=stranger, text="Soon.", hold_until=later).delivery
    assert held.account == mailbox
    client.force_login(ana_agent)
    answer = client.post(reverse("desk:delivery", args=[held.pk, deed]))
    assert answer.status_code == 404
    held.refresh_from_db()
    assert held.state == DeliveryState.HELD


def test_part_that_follows_by_itself_leaves_the_word_to_the_person(ana: Client, cleo_case: Case):
    ana.post(reverse("desk:bulk"), {"deed": "retry"})
    page = reverse("desk:case", args=[cleo_case.number])
    said = "Tick something first."
    assert said not in ana.get(page, headers={"hx-request": "true", "portal-live": "1"}).text
    assert said in ana.get(page).text
    assert said not in ana.get(page).text


def test_what_fails_in_an_account_without_a_team_is_seen_by_everybody_who_works_here(
    ana: Client, foreigner: Client, ana_agent: User
):
    office = Account.objects.create(
        channel="email", name="first", address="first@example.org", is_default=True
    )
    kept = quarantined(office)
    failed(make_case(), office, ana_agent, detail="550 nobody")
    for client in (ana, foreigner):
        page = client.get(ATTENTION).text
        assert ("The mail is empty" in page, "550 nobody" in page) == (True, True)
        assert client.get(reverse("desk:raw_input", args=[kept.pk])).status_code == 200
    assert hearing.keepers([office.pk], [ana_agent.pk]) == {office.pk: {ana_agent.pk}}
