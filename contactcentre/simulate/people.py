"""Who takes part in a simulation: the teams that are there, and customers without number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from apps.accounts.models import Membership, Team, User
from apps.customers.enums import IdentityKind
from apps.customers.models import Customer, Identity, Organisation, Preference
from apps.search.registry import Document
from contactcentre.simulate.tables import Table
from contactcentre.simulate.texts import Writer

AGENTS = 6
NEW_CUSTOMER = 0.35
CHINESE = 0.5
IN_ORGANISATION = 0.1
REMEMBERED = 0.2
WISHES = (
    ("quiet_hours", "21:00-09:00"),
    ("quiet_hours", "Mon-Fri 12:30-14:00"),
    ("channel", "phone"),
    ("channel", "email"),
    ("no_voicemail", ""),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, as far as cases need to know."""

    id: int
    name: str
    email: str
    phone: str
    writer: Writer

    def address(self, kind: str) -> str:
        return self.phone if kind == IdentityKind.PHONE else self.email

    def words(self, turn: str) -> str:
        """What is said in a turn, in this person's language."""
        match turn:
            case "customer":
                return self.writer.word_of_customer()
            case "answer":
                return self.writer.answer(self.name)
        return self.writer.note()


def team_members() -> list[tuple[int, list[int]]]:
    """Teams with their members' ids; a team of its own where nobody works yet."""
    members: dict[int, list[int]] = {}
    for team_id, user_id in Membership.objects.order_by("pk").values_list("team_id", "user_id"):
        members.setdefault(team_id, []).append(user_id)
    return list(members.items()) or [_new_team()]


class Customers:
    """Makes customers, and lets them come again."""

    def __init__(self, rnd: Random, now: datetime) -> None:
        self._rnd, self._now = rnd, now
        self._writers = {language: Writer(language, rnd) for language in ("en", "zh-hans")}
        self._known: list[Person] = []
        self._organisations = self._make_organisations()
        self._customers = Table(
            Customer,
            *("id", "name", "language", "organisation", "created_at"),
        )
        self._preferences = Table(Preference, "id", "customer", "kind", "value", "noted_at")
        self._identities = Table(Identity, "id", "customer", "kind", "value", "created_at")

    def one(self, documents: list[Document]) -> Person:
        """A customer, new or known; a new one adds its document."""
        if self._known and self._rnd.random() > NEW_CUSTOMER:
            return self._rnd.choice(self._known)
        person = self._new(documents)
        self._known.append(person)
        return person

    def write(self) -> None:
        self._customers.write()
        self._identities.write()
        self._preferences.write()

    def _new(self, documents: list[Document]) -> Person:
        writer = self._writers["zh-hans" if self._rnd.random() < CHINESE else "en"]
        key, name = self._customers.next_id(), writer.name()
        person = Person(key, name, f"rider{key}@sim.example", f"+86199{key:08d}", writer)
        since = self._now - timedelta(days=self._rnd.randint(400, 2000))
        organisation = None
        if self._rnd.random() < IN_ORGANISATION:
            organisation = self._organisations[writer.organisation()]
        organisation_id = organisation.pk if organisation else None
        self._customers.add(key, name, writer.language, organisation_id, since)
        for kind in (IdentityKind.EMAIL, IdentityKind.PHONE):
            self._identities.add(self._identities.next_id(), key, kind, person.address(kind), since)
        if self._rnd.random() < REMEMBERED:
            wish, value = self._rnd.choice(WISHES)
            self._preferences.add(self._preferences.next_id(), key, wish, value, since)
        documents.append(
            Document(
                source="customer",
                object_id=key,
                at=since,
                title=f"{name} ",
                body=organisation.name if organisation else "",
                customer_id=key,
            )
        )
        return person

    def _make_organisations(self) -> dict[str, Organisation]:
        names = {name for writer in self._writers.values() for name in writer.organisations()}
        return {name: Organisation.objects.get_or_create(name=name)[0] for name in sorted(names)}


def _new_team() -> tuple[int, list[int]]:
    team, _created = Team.objects.get_or_create(name="Simulation")
    users = [User.objects.get_or_create(username=f"simulated{n}")[0] for n in range(1, AGENTS + 1)]
    Membership.objects.bulk_create([Membership(team=team, user=user) for user in users])
    return team.pk, [user.pk for user in users]
