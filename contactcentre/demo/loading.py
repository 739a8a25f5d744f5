"""Loading the demonstration once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain import confirm_skill, declare_skill
from apps.accounts.models import Membership, Skill, Team, User
from apps.cases.domain import CannedTexts, save_canned
from apps.channels import domain as channels
from apps.channels.domain.accounts import save_account
from apps.channels.models import Account, InboundMessage
from apps.customers.domain import create_customer, note_preference
from apps.customers.models import Customer, Identity, Preference
from apps.promises.domain import due_years, fetch_holidays
from apps.promises.models import Calendar, CalendarTeam, ServiceLevel
from apps.search.models import Entry
from contactcentre.demo import behind, mails, script
from contactcentre.demo.telling import Cast, tell

PASSWORD = "demo"  # noqa: S105 - a demonstration's, told to everybody
NUMBER = "external"
SETTLED_IN = timedelta(days=400)
QUARANTINED_AGO = timedelta(hours=2, minutes=20)


@transaction.atomic
def load() -> int:
    """Make the company, its people, customers and cases; returns the number of cases.

    Where it was loaded before, nothing changes and 0 is returned. Nothing is sent anywhere:
    every message of the past counts as sent, and the account has no server.
    """
    people = script.read_people()
    if Identity.objects.filter(kind=NUMBER, value=people.customer[0]["number"]).exists():
        return 0
    cast = _cast(people)
    _promise(people, cast.teams)
    stories = script.read_stories()
    for story in stories:
        tell(story, cast)
    behind.ask_and_call(cast)
    _quarantine_one(cast)
    return len(stories)


def _cast(people: script.People) -> Cast:
    teams = {one["key"]: Team.objects.get_or_create(name=one["name"])[0] for one in people.team}
    users = {one["username"]: _user(one, teams[one["team"]]) for one in people.user}
    customers = {one["key"]: _customer(one) for one in people.customer}
    _remember(people, customers, users)
    _skill(people, users)
    _write_canned(people, users, teams)
    return Cast(
        users=users,
        teams=teams,
        account=_account(people.account, teams),
        customers=customers,
        now=timezone.now(),
    )


def _user(values: dict[str, Any], team: Team) -> User:
    is_admin = values.get("superuser", False)
    defaults = {
        "display_name": values["name"],
        "is_superuser": is_admin,
        "is_staff": is_admin,
    }
    user, created = User.objects.get_or_create(username=values["username"], defaults=defaults)
    if created:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    Membership.objects.get_or_create(user=user, team=team, defaults={"role": values["role"]})
    return user


def _write_canned(people: script.People, users: dict[str, User], teams: dict[str, Team]) -> None:
    """Replies of one person, of a team, or of everybody, each in both languages."""
    for one in people.canned:
        save_canned(
            actor=users[one.get("owner", "admin")],
            texts=CannedTexts(one["name"], one["en"].strip(), one["zh"].strip()),
            team=teams[one["team"]] if "team" in one else None,
            personal="owner" in one,
        )


def _account(values: dict[str, str], teams: dict[str, Team]) -> Account:
    settings = dict(values)
    name, team = settings.pop("name"), teams[settings.pop("team")].name
    account, _created = save_account(
        channel="mail", name=name, values=settings | {"team": team, "default": "1"}
    )
    return account


def _promise(people: script.People, teams: dict[str, Team]) -> None:
    """Set up when the teams work and how fast they want to be."""
    for values in people.calendar:
        fields = dict(values)
        team = teams[fields.pop("team")]
        calendar, _created = Calendar.objects.get_or_create(
            name=fields.pop("name"), defaults=fields
        )
        CalendarTeam.objects.get_or_create(team=team, defaults={"calendar": calendar})
        fetch_holidays(calendar_id=calendar.pk, years=due_years())
    for values in people.level:
        criteria = {name: values.get(name, "") for name in ("kind", "tier")}
        targets = {name: value for name, value in values.items() if name not in criteria}
        ServiceLevel.objects.get_or_create(team=None, **criteria, defaults=targets)


def _customer(values: dict[str, str]) -> Customer:
    fields = dict(values)
    fields.pop("key")
    addresses = [(NUMBER, fields.pop("number"))]
    addresses += [
        (kind, fields.pop(kind)) for kind in ("email", "phone", "fax", "bbs") if kind in fields
    ]
    customer = create_customer(addresses=addresses, **fields)
    long_ago = customer.created_at - SETTLED_IN
    Customer.objects.filter(pk=customer.pk).update(created_at=long_ago)
    Entry.objects.filter(source="customer", object_id=customer.pk).update(at=long_ago)
    return customer


def _remember(
    people: script.People, customers: dict[str, Customer], users: dict[str, User]
) -> None:
    """What the team has noted of its customers over the months."""
    for one in people.preference:
        values = dict(one)
        days = timedelta(days=values.pop("days_ago"))
        customer, by = customers[values.pop("customer")], users[values.pop("by")]
        made = note_preference(customer_id=customer.pk, actor=by, **values)
        Preference.objects.filter(pk=made.pk).update(noted_at=made.noted_at - days)


def _skill(people: script.People, users: dict[str, User]) -> None:
    """What people can help with, by their own word or confirmed by their lead."""
    for one in people.skill:
        skill, _made = Skill.objects.get_or_create(
            name=one["name"], defaults={"name_zh": one["name_zh"]}
        )
        for username, level in one["people"].items():
            held = declare_skill(user=users[username], skill_id=skill.pk, level=level)
            if username in one["confirmed"]:
                confirm_skill(held_id=held.pk, actor=users["admin"])


def _quarantine_one(cast: Cast) -> None:
    at = cast.now - QUARANTINED_AGO
    channels.receive(cast.account, mails.unreadable(at), "message/rfc822")
    quarantined = InboundMessage.objects.quarantined().filter(account=cast.account)
    quarantined.filter(received_at__gte=cast.now).update(received_at=at)
