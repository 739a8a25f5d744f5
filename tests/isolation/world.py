"""One object of each row of the table, each holding a word that nobody else may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Team, User
from apps.cases import domain, files
from apps.cases.models import CannedReply, Case
from apps.channels.enums import DeliveryState, InboundState
from apps.channels.models import Account, Delivery, InboundMessage, RawInput
from apps.customers import domain as customers
from apps.customers.domain import add_identity
from apps.promises import domain as promises
from tests.cast import make_case, make_customer, make_interaction, make_user

ROLES = ("member", "other", "lead", "follower", "superuser", "customer")


@dataclass
class World:
    """The people by role, the objects by row, and each object's secret word.

    The sweep adds by which cookies the people are known, and what a deed could change.
    """

    people: dict[str, User | None]
    objects: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)
    state: tuple[Any, ...] = ()


def build() -> World:
    """Make two teams, one person for each role and one object for each row."""
    lamps, pumps = Team.objects.create(name="Lamps"), Team.objects.create(name="Pumps")
    people: dict[str, User | None] = {
        "member": make_user("member", lamps),
        "other": make_user("other", pumps),
        "lead": make_user("lead", lamps, role=Role.LEAD),
        "follower": make_user("follower", pumps),
        "superuser": User.objects.create_superuser("superuser", password="demo"),
        "customer": None,
    }
    world = World(people, {})
    _add_cases(world, lamps)
    _add_mail(world, lamps)
    reply = CannedReply.objects.create(name="Weimar", text_en="As in Weimar.", team=lamps)
    world.objects["canned reply of a team"] = reply
    world.secrets["canned reply of a team"] = "Weimar"
    _add_campaign(world, lamps)
    return world


def _add_campaign(world: World, lamps: Team) -> None:
    """A return visit to somebody who can be called, planned by the lead."""
    customer = make_customer("Visited")
    add_identity(customer=customer, kind="phone", value="+8613800130099")
    plan = promises.Plan(
        "About Zwickau", lamps, timezone.now() + timedelta(days=7), "Say Zwickau", "happy"
    )
    world.objects["return-visit campaign"] = promises.start_campaign(
        actor=world.people["lead"], plan=plan, customers=[customer]
    )
    world.secrets["return-visit campaign"] = "Zwickau"


def _add_cases(world: World, lamps: Team) -> None:
    cases = {
        "case of a team": _case(world, "case of a team", lamps),
        "case without a team": _case(world, "case without a team", None),
        "restricted case": _case(world, "restricted case", lamps),
    }
    world.objects |= cases | {"spare": make_case(make_customer("Spare"), team=None)}
    world.objects["customer"] = cases["case of a team"].customer
    asking = world.people["superuser"]
    for case in cases.values():
        domain.offer_case(case_id=case.pk, actor=asking, to=_receiver(world, case))
    world.objects["preference"] = customers.note_preference(
        customer_id=world.objects["customer"].pk,
        actor=world.people["member"],
        kind="other",
        text="Likes tea.",
    )
    world.secrets["customer"] = "zebra-address@example.org"
    domain.restrict_case(
        case_id=cases["restricted case"].pk,
        actor=world.people["superuser"],
        users=[world.people["superuser"]],
    )


def _receiver(world: World, case: Case) -> User:
    """Somebody who may own the case, and does not read it because of that."""
    person = world.people["lead" if case.team_id else "other"]
    assert person is not None
    return person


def _case(world: World, row: str, team: Team | None) -> Case:
    word = {"case of a team": "Zanzibar", "case without a team": "Yokohama"}.get(row, "Xanadu")
    world.secrets[row] = word
    email = "zebra-address@example.org" if row == "case of a team" else ""
    case = make_case(
        make_customer("Cleo", email=email),
        team=team,
        subject=f"About {word}",
        text=f"The word is {word}.",
    )
    stored = files.store(f"{word}".encode(), name=f"{word}.txt", content_type="text/plain")
    make_interaction(case, text=f"See {word}", html=f"<p>{word}</p>", attachments=[stored])
    make_interaction(case, text=f"Aside, {word}", visibility="internal")
    mentioned = [world.people["follower"]]
    superuser = world.people["superuser"]
    domain.note(case_id=case.pk, actor=superuser, text=f"Hush, {word}", mentions=mentioned)
    _promise(case, superuser, word)
    soon = timezone.now() + timedelta(minutes=30)
    question = promises.Question(f"Crew of {word}", f"When, {word}?", soon)
    promises.ask(case_id=case.pk, actor=superuser, question=question)
    return case


def _promise(case: Case, owner: User, word: str) -> None:
    """A callback that was tried once, and an answer that the case waits for."""
    promise = promises.make_promise(
        case_id=case.pk,
        actor=owner,
        kind="callback",
        text=f"About {word}",
        due_at=timezone.now() + timedelta(hours=1),
        address="+8613800138000",
    )
    promises.record_attempt(
        promise_id=promise.pk, actor=owner, outcome="no_answer", note=f"Rang, {word}"
    )


def _add_mail(world: World, lamps: Team) -> None:
    row = "quarantine, failed deliveries"
    world.secrets[row] = "Wyoming"
    account = Account.objects.create(
        channel="email", name="support", address="support@example.org", team=lamps
    )
    inbound = InboundMessage.objects.create(
        account=account,
        content_hash="0" * 64,
        content_type="message/rfc822",
        size=7,
        state=InboundState.QUARANTINED,
        reason="Unreadable: Wyoming",
    )
    RawInput.objects.create(inbound=inbound, body=b"Wyoming")
    case = world.objects["case of a team"]
    answer = make_interaction(case, direction="outbound", author=world.people["member"], text="Hm")
    delivery = Delivery.objects.create(
        interaction=answer,
        account=account,
        message_id="cc.fixed@example.org",
        state=DeliveryState.FAILED,
        detail="550 no such user in Wyoming",
    )
    world.objects |= {row: inbound, "delivery": delivery, "account": account}
