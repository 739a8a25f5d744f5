"""Whatever happens in whatever order: two messages share a case only if the rules say so."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from time_machine import TimeMachineFixture

from apps.cases import domain as cases
from apps.cases.domain import Terms
from apps.cases.enums import Outcome
from apps.cases.errors import NoLongerExact
from apps.cases.models import Case, Interaction, Participant
from apps.channels import domain, registry, tokens
from apps.channels.models import Account
from apps.customers import domain as customers
from apps.customers.models import Customer
from tests.channels.pigeon import Pigeon, letter
from tests.channels.thread_oracle import Matter, Oracle, Said

JSON = "application/json"
PEOPLE = ("cleo", "dora", "mallory")
_stories = itertools.count()

STEPS, STORIES = 60, 6
# How often each thing happens; answers come early and often, since only they can be quoted.
WEIGHTS = {
    "mail": 30,
    "answer": 12,
    "early": 4,
    "again": 4,
    "seat": 8,
    "leave": 6,
    "merge": 6,
    "unmerge": 5,
    "split": 5,
    "close": 6,
    "days": 5,
    "spam": 3,
    "guess": 3,
    "ask": 6,
    "adopt": 1,
}
MARKS = ("", "", "", "subject", "address", "forged")


def invent(dice: Random) -> Iterator[tuple[Any, ...]]:
    """A story: what happens, with numbers by which its things are picked."""
    for name in dice.choices(list(WEIGHTS), list(WEIGHTS.values()), k=STEPS):
        who, one, other = dice.choice(PEOPLE), dice.randrange(1000), dice.randrange(1000)
        match name:
            case "mail":
                named = [dice.randrange(1000) for _ in range(dice.choice((0, 1, 1, 2, 3)))]
                yield name, who, named, dice.choice(MARKS), one
            case "early":
                yield name, who, one
            case "guess":
                yield name, who, [one] if one % 2 else []
            case "days":
                yield name, dice.choice((1, 5, 14, 20))
            case "ask" | "adopt":
                yield name, one, who
            case "seat" | "leave":
                yield name, one, who
            case "merge":
                yield name, one, other
            case _:
                yield name, one


@dataclass
class Story:
    """Does each step in the portal and tells the oracle of it; mails wait for a batch."""

    account: Account
    actor: object
    clock: TimeMachineFixture
    oracle: Oracle = field(default_factory=Oracle)
    sent: dict[str, bytes] = field(default_factory=dict)
    waiting: list[bytes] = field(default_factory=list)
    place: int = field(default_factory=lambda: next(_stories))

    def __post_init__(self) -> None:
        self.ids = (f"m{count}.{self.place}@x" for count in itertools.count())
        self.words: dict[str, int] = {}

    def address(self, who: str) -> str:
        return f"{who}.{self.place}@example.org"

    def mail(self, who: str, named: list[int], mark: str, which: int) -> None:
        names = tuple(dict.fromkeys(self._pick_id(one) for one in named if self.oracle.said))
        marked, fields = self._mark(mark, which)
        self._write(who, next(self.ids), names, marked, fields)

    def early(self, who: str, which: int) -> None:
        """An answer before its question, and then the question."""
        late, first = next(self.ids), next(self.ids)
        self._write(who, late, (first,), None, {})
        if which % 2:
            self.flush()
        self._write(who, first, (), None, {})

    def again(self, which: int) -> None:
        if self.sent:
            self.waiting.append(list(self.sent.values())[which % len(self.sent)])

    def answer(self, which: int) -> None:
        if matter := self._pick(which):
            said = domain.reply(case_id=self._case(matter).pk, actor=self.actor, text="Hm", to=None)
            self.words[said.delivery.message_id] = said.pk
            self.oracle.answer(matter, said.delivery.message_id)

    def ask(self, which: int, who: str) -> None:
        matter = self._pick(which)
        if matter is None or self._is_of(matter, who):
            return
        what = domain.Forward(to=[self.address(who)], text="Do you know?")
        said = domain.forward(case_id=self._case(matter).pk, actor=self.actor, what=what)
        self.words[said.delivery.message_id] = said.pk
        self.oracle.ask(matter, who, said.delivery.message_id)

    def close(self, which: int) -> None:
        matter = self._pick(which)
        if matter is not None and matter.closed is None:
            cases.close_case(
                case_id=self._case(matter).pk, actor=self.actor, outcome=Outcome.DUPLICATE
            )
            self.oracle.close(matter)

    def spam(self, which: int) -> None:
        if matter := self._pick(which):
            domain.mark_spam(case_id=self._case(matter).pk, actor=self.actor)
            self.oracle.close(matter, spam=True)

    def guess(self, who: str, named: list[int]) -> None:
        """A mail that a filter takes for spam; what came before has arrived by then."""
        self.flush()
        names = tuple(self._pick_id(one) for one in named if self.oracle.said)
        self._write(who, next(self.ids), names, None, {"spam": "x_spam_flag"}, guessed=True)
        self.flush()

    def days(self, count: int) -> None:
        self.flush()
        self.clock.shift(timedelta(days=count))
        self.oracle.today += count

    def adopt(self, which: int, _who: str) -> None:
        """Dora turns out to be Cleo, once both have written."""
        self.flush()
        found = {
            who: Customer.objects.filter(identities__value=self.address(who)).first()
            for who in ("dora", "cleo")
        }
        if None in found.values() or found["dora"] == found["cleo"]:
            return
        customers.merge_customer(
            customer_id=found["dora"].pk, into_id=found["cleo"].pk, actor=self.actor
        )
        self.oracle.adopt("dora", "cleo")

    def _is_of(self, matter: Matter, who: str) -> bool:
        return self.oracle.owner(who) == self.oracle.owner(matter.customer)

    def merge(self, one: int, other: int) -> None:
        case, into = self._pick(one), self._pick(other)
        if case is None or into is None or case is into:
            return
        keys = {"case_id": self._case(case).pk, "into_id": self._case(into).pk}
        cases.merge_case(**keys, actor=self.actor, terms=Terms(tell=False))
        self.numbers[id(case)] = keys["case_id"]
        self.numbers[id(into)] = keys["into_id"]
        self.oracle.merge(case, into)

    def unmerge(self, which: int) -> None:
        if not self.oracle.merges:
            return
        merge = self.oracle.merges[which % len(self.oracle.merges)]
        case_id = self.numbers[id(merge.case)]
        if not self.oracle.is_exact(merge):
            with pytest.raises(NoLongerExact):
                cases.unmerge_case(case_id=case_id, actor=self.actor)
            return
        cases.unmerge_case(case_id=case_id, actor=self.actor)
        self.oracle.unmerge(merge)

    def split(self, which: int) -> None:
        several = [said for said in self.oracle.said if len(self.oracle.of(said.matter)) > 1]
        if not several:
            return
        chosen = several[which % len(several)]
        case = self._case(chosen.matter)
        new = cases.split_case(
            case_id=case.pk, actor=self.actor, interactions=[self._interaction(chosen).pk]
        )
        self.numbers[id(chosen.matter)] = case.pk
        self.numbers[id(self.oracle.split(chosen))] = new.pk

    def seat(self, which: int, who: str) -> None:
        matter = self._pick(which)
        if matter is None or self._is_of(matter, who):
            return
        cases.invite_participant(
            case_id=self._case(matter).pk,
            actor=self.actor,
            kind="email",
            value=self.address(who),
        )
        self.oracle.seat(matter, who)

    def leave(self, which: int, _who: str) -> None:
        self.flush()
        taken = [(one, who) for one in self.oracle.matters for who in sorted(one.seats)]
        taken = [(one, who) for one, who in taken if self.oracle.of(one)]
        if not taken:
            return
        matter, who = taken[which % len(taken)]
        seats = Participant.objects.seated().filter(case=self._case(matter))
        seat = seats.get(value=self.address(who))
        cases.dismiss_participant(participant_id=seat.pk, actor=self.actor)
        self.oracle.leave(matter, who)

    numbers: dict[int, int] = field(default_factory=dict)

    def flush(self) -> None:
        """Hand the waiting mails over together, and compare what stands together."""
        if self.waiting:
            domain.receive_many(self.account, self.waiting, JSON)
        self.waiting = []
        held: dict[int, set[str]] = {}
        for said in self.oracle.said:
            held.setdefault(self._interaction(said).case_id, set()).add(said.id)
        assert {frozenset(ids) for ids in held.values()} == self.oracle.partition()

    def _write(
        self,
        who: str,
        id_: str,
        names: tuple[str, ...],
        marked: Matter | None,
        fields: dict[str, object],
        *,
        guessed: bool = False,
    ) -> None:
        raw = letter(self.address(who), external_id=id_, text=id_, references=list(names), **fields)
        self.sent[id_] = raw
        self.waiting.append(raw)
        self.oracle.arrive(who, id_, names, marked, guessed=guessed)

    def _mark(self, mark: str, which: int) -> tuple[Matter | None, dict[str, object]]:
        """A mark of a case that we have answered in, since no other one ever left the house."""
        answered = [one for one in self.oracle.matters if one.answered and id(one) in self.numbers]
        if not mark or not answered:
            return None, {}
        matter = answered[which % len(answered)]
        pk = self.numbers[id(matter)]
        match mark:
            case "subject":
                return matter, {"subject": tokens.mark_subject("Hm", pk, answer=True)}
            case "address":
                address = tokens.reply_address(self.account.address, pk)
                return matter, {"delivered_to": [address]}
        return None, {"subject": f"Re: Hm [CC-{pk:06d}.aaaaaaaaaaaaaaaa]"}

    def _pick_id(self, which: int) -> str:
        return self.oracle.said[which % len(self.oracle.said)].id

    def _pick(self, which: int) -> Matter | None:
        """A case that holds something, after the mails that wait have come in."""
        self.flush()
        alive = [one for one in self.oracle.matters if self.oracle.of(one)]
        if not alive:
            return None
        matter = alive[which % len(alive)]
        self.numbers[id(matter)] = self._case(matter).pk
        return matter

    def _case(self, matter: Matter) -> Case:
        return self._interaction(self.oracle.of(matter)[0]).case

    def _interaction(self, said: Said) -> Interaction:
        words = Interaction.objects.select_related("case")
        return words.get(pk=self.words[said.id]) if not said.sender else words.get(text=said.id)


@pytest.fixture
def mail_loft(lamps, monkeypatch) -> Account:
    """Pigeons who carry what is said by mail, since only there third parties are asked."""
    monkeypatch.setitem(registry._drivers, "email", Pigeon(slug="email"))
    return Account.objects.create(
        channel="email", name="loft", address="loft@example.com", team=lamps, is_default=True
    )


@pytest.mark.parametrize("seed", range(STORIES))
def test_messages_share_a_case_only_if_the_rules_say_so(mail_loft, ana_agent, clock, seed):
    story = Story(mail_loft, ana_agent, clock)
    for name, *values in invent(Random(seed)):
        if name in {"unmerge", "split"}:
            story.flush()
        getattr(story, name)(*values)
    story.flush()
