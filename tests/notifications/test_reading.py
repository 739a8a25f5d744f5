"""Reading: the person's own lines alone, as far as they may still see the case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Membership, User
from apps.cases import domain as cases
from apps.cases.models import Case
from apps.live import registry
from apps.notifications import domain
from apps.notifications.models import Notification, Wish
from tests.cast import make_case, make_interaction

PAGE = "/desk/notifications/"


@pytest.fixture
def her_case(cleo_case: Case, ana_agent: User) -> Case:
    return cases.take_case(case_id=cleo_case.pk, actor=ana_agent)


@pytest.fixture
def ana(ana_agent: User, client: Client) -> Client:
    client.force_login(ana_agent)
    return client


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def unread(user: User) -> int:
    return Notification.objects.visible_to(User.objects.get(pk=user.pk)).unread().count()


def bell(client: Client) -> str:
    """What the rail says beside the bell."""
    room = client.get("/desk/search/").text.partition('id="rail-rooms"')[2].partition("</div>")[0]
    return room.partition("Notices")[2].partition("</a>")[0]


def test_bell_counts_what_is_unread(ana, ana_agent, her_case):
    assert "is unread" not in bell(ana)
    make_interaction(her_case)
    make_interaction(her_case)
    assert 'aria-label="1 is unread">1<' in bell(ana)
    domain.mark_all_read(user=ana_agent)
    assert "is unread" not in bell(ana)


def test_page_shows_lines_with_their_count_and_who(ana, ben_agent, her_case):
    make_interaction(her_case)
    make_interaction(her_case)
    cases.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    shown = ana.get(PAGE).text
    assert ("New message" in shown, "2 times" in shown, "Ben" in shown) == (True, True, True)
    assert "Hush" not in shown


def test_page_is_of_its_reader_alone(her_case, ben_agent):
    make_interaction(her_case)
    assert her_case.number not in browser(ben_agent).get(PAGE).text


def test_right_that_was_lost_hides_the_line(ana, ana_agent, her_case, lamps):
    make_interaction(her_case)
    Membership.objects.filter(user=ana_agent).delete()
    assert her_case.number not in ana.get(PAGE).text
    assert "is unread" not in bell(ana)
    line = Notification.objects.get()
    assert ana.post(reverse("desk:read_notification", args=[line.pk])).status_code == 404
    assert ana.get(reverse("desk:desktop", args=[line.pk])).status_code == 204
    Membership.objects.create(user=ana_agent, team=lamps)
    assert her_case.number in ana.get(PAGE).text


def test_open_case_reads_its_lines_and_no_others(ana, ana_agent, her_case, lamps):
    other = make_case(team=lamps, owner=ana_agent)
    Notification.objects.all().delete()
    make_interaction(her_case)
    make_interaction(other)
    ana.get(reverse("desk:case", args=[her_case.number]))
    assert unread(ana_agent) == 2  # a mere fetch changes nothing
    ana.post(reverse("desk:colleagues", args=[her_case.number]), {"doing": "viewing"})
    assert Notification.objects.unread().get().case == other


def test_one_line_and_all_are_marked_as_read(ana, ana_agent, her_case, ben_agent):
    make_interaction(her_case)
    cases.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    first = Notification.objects.order_by("pk").first()
    assert ana.post(reverse("desk:read_notification", args=[first.pk])).status_code == 302
    assert unread(ana_agent) == 1
    ana.post(reverse("desk:read_notifications"))
    assert unread(ana_agent) == 0


def test_all_means_what_was_on_the_page(ana, ana_agent, her_case, ben_agent):
    make_interaction(her_case)
    seen = Notification.objects.get().at
    cases.note(case_id=her_case.pk, actor=ben_agent, text="Hush")
    ana.post(reverse("desk:read_notifications"), {"until": seen.isoformat()})
    assert Notification.objects.unread().get().kind == "note_left"


@pytest.mark.parametrize("name", ["desk:read_notification", "desk:desktop"])
def test_line_of_somebody_else_does_not_exist(her_case, ben_agent, name):
    make_interaction(her_case)
    line, theirs = Notification.objects.get(), browser(ben_agent)
    ask = theirs.post if name == "desk:read_notification" else theirs.get
    foreign, absent = (ask(reverse(name, args=[pk])) for pk in (line.pk, 999_999))
    assert foreign.status_code == absent.status_code in {404, 204}
    assert Notification.objects.unread().count() == 1


def test_pages_follow_one_another_without_gap_or_double(ana, ana_agent, lamps):
    made = [make_case(team=lamps, owner=ana_agent) for _ in range(60)]
    shown, address = "", PAGE
    for _ in range(3):  # two lines a case, fifty a page
        page = ana.get(address).text
        shown += page.partition("<main")[2]  # what is promised stands above
        address = f"{PAGE}?after={page.partition('href="?after=')[2].partition('"')[0]}"
    assert all(shown.count(f"/desk/cases/{case.number}/") == 2 for case in made)


def test_questions_to_the_database_do_not_grow(ana, lamps, ana_agent):
    counts = []
    for lines in (1, 3):
        while Notification.objects.filter(kind="assigned").count() < lines:
            make_case(team=lamps, owner=ana_agent)
        with CaptureQueriesContext(connection) as caught:
            ana.get(PAGE)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_topic_is_heard_by_the_reader_alone_while_they_may_see_the_case(
    her_case, ana_agent, ben_agent, root
):
    make_interaction(her_case)
    line = Notification.objects.get()
    listening = [ana_agent.pk, ben_agent.pk, root.pk]
    assert registry.audience("notice", [line.pk], listening) == {line.pk: {ana_agent.pk}}
    Membership.objects.filter(user=ana_agent).delete()
    assert registry.audience("notice", [line.pk], listening) == {}


def test_desktop_notice_holds_no_words_of_customers_unless_chosen(ana, ana_agent, her_case):
    make_interaction(her_case, subject="Zanzibar")
    line = Notification.objects.get()
    address = reverse("desk:desktop", args=[line.pk])
    said = ana.get(address).json()
    assert said == {
        "stamp": f"{line.pk}.1",
        "title": f"New message: {her_case.number}",
        "body": "",
        "url": reverse("desk:case", args=[her_case.number]),
    }
    Wish.objects.create(user=ana_agent, desktop_words=True)
    assert ana.get(address).json()["body"] == her_case.subject


def test_desktop_is_quiet_when_wanted_when_read_and_when_looked_at(ana, ana_agent, her_case):
    make_interaction(her_case)
    line = Notification.objects.get()
    address = reverse("desk:desktop", args=[line.pk])

    def answers() -> int:
        return ana.get(address).status_code

    User.objects.filter(pk=ana_agent.pk).update(presence="busy")
    assert answers() == 204
    Wish.objects.create(user=ana_agent, desktop_quiet=False)
    assert answers() == 200
    ana.post(reverse("desk:colleagues", args=[her_case.number]), {"doing": "viewing"})
    make_interaction(her_case)
    newer = Notification.objects.unread().get()
    assert (answers(), ana.get(reverse("desk:desktop", args=[newer.pk])).status_code) == (204, 204)


def test_wishes_are_kept(ana, ana_agent):
    ana_agent.email = "ana@portal.example"
    ana_agent.save()
    wanted = {"mail": "hourly", "mail_at": "07:15", "desktop_words": "on"}
    assert ana.post(reverse("desk:notification_wish"), wanted).status_code == 302
    wish = Wish.objects.get(user=ana_agent)
    assert (wish.mail, f"{wish.mail_at:%H:%M}", wish.desktop_words, wish.desktop_quiet) == (
        "hourly",
        "07:15",
        True,
        False,
    )
    assert wish.next_mail_at <= timezone.now() + timedelta(hours=1)


def test_mail_needs_an_address(ana, ana_agent):
    answer = ana.post(reverse("desk:notification_wish"), {"mail": "daily", "mail_at": "09:00"})
    assert answer.status_code == 422
    assert "Ask an administrator" in answer.text
    assert not Wish.objects.exists()


def offered(client: Client, case: Case, begun: str) -> list[str]:
    page = client.get(reverse("desk:mentions", args=[case.number]), {"q": begun}).text
    return [part.partition('"')[0] for part in page.split('data-name="')[1:]]


def test_offer_names_colleagues_of_the_team_first(ana, her_case, ben_agent, stranger):
    User.objects.create_user("ad", display_name="Gone", is_active=False)
    assert offered(ana, her_case, "") == ["Ben", "Stranger"]
    assert offered(ana, her_case, "STR") == ["Stranger"]


def test_offer_in_a_restricted_case_names_its_readers_alone(
    ana, her_case, ana_agent, ben_agent, sam_supervisor, stranger
):
    cases.restrict_case(case_id=her_case.pk, actor=sam_supervisor, users=[ana_agent, ben_agent])
    assert "Stranger" not in offered(ana, her_case, "")
    assert "Ben" in offered(ana, her_case, "")
    assert "Stranger" in offered(browser(sam_supervisor), her_case, "")


def test_offer_is_unambiguous(ana, her_case, ben_agent):
    User.objects.create_user("benny", display_name="Ben")
    assert sorted(offered(ana, her_case, "ben")) == ["ben", "benny"]
