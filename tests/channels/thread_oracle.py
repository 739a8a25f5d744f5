"""Threading as docs/architecture.md tells it, written anew: which messages share a case?

It knows nothing of the database, nor of how the portal finds an answer. Cases are labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

REOPEN_DAYS = 14


@dataclass
class Matter:
    """A case: whose it is, who else takes part or was asked, and where it went on.

    ``closed`` is the day on which it ended, ``previous`` the case that it was linked to.
    """

    customer: str
    seats: set[str] = field(default_factory=set)
    worked_on: bool = False
    answered: bool = False
    heir: Matter | None = None
    asked: set[str] = field(default_factory=set)
    closed: int | None = None
    spam: bool = False
    previous: Matter | None = None


@dataclass
class Said:
    """A message; ``sender`` is empty for ours. ``aside``: between us and whom we ask alone."""

    id: str
    sender: str
    matter: Matter
    names: tuple[str, ...] = ()
    aside: bool = False
    to: str = ""


@dataclass
class Merge:
    case: Matter
    into: Matter
    moved: list[Said]
    seats: set[str]
    known: int
    asked: set[str]
    before: tuple[tuple[int | None, bool], tuple[int | None, bool]]
    after: int | None
    later: list[Matter]


@dataclass
class Oracle:
    """``today`` counts days, ``people`` tells who is whom since customers were merged."""

    today: int = 0
    people: dict[str, str] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    matters: list[Matter] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)

    def partition(self) -> set[frozenset[str]]:
        """Return the ids that stand together."""
        held = [{one.id for one in self.of(matter)} for matter in self.matters]
        return {frozenset(ids) for ids in held if ids}

    def of(self, matter: Matter) -> list[Said]:
        return [one for one in self.said if one.matter is matter]

    def arrive(
        self,
        sender: str,
        id_: str,
        names: tuple[str, ...] = (),
        marked: Matter | None = None,
        *,
        guessed: bool = False,
    ) -> None:
        """A mail comes in; ``marked`` is the case of a genuine mark of ours on it.

        ``guessed``: a filter before us takes it for spam.
        """
        proofs = [*self._ours(names), *([_end(marked)] if marked else [])]
        mine: list[Matter] = []
        strange: Matter | None = None
        too_old: Matter | None = None
        for place, matter in enumerate([*proofs, *self._own(sender, id_, names)]):
            if not self._is_party(sender, matter):
                strange = strange or (matter if place < len(proofs) else None)
            elif not self._is_open(matter):
                too_old = too_old or matter
            elif not any(matter is one for one in mine):
                mine.append(matter)
        home = mine[0] if mine else None
        for other in mine[1:]:
            home = self._tie(home, other)
        if home is None and too_old:
            home = self._later(too_old, sender, id_, names)
        begun = home is None
        if home is None:
            home = self._begin(sender, previous=too_old or strange, guessed=guessed)
        aside = self._is_aside(sender, home, names)
        if not begun and home.closed is not None and not (aside or (guessed and home.spam)):
            home.closed, home.spam, home.worked_on = None, False, True
        self.said.append(Said(id_, sender, home, names, aside=aside))

    def owner(self, who: str) -> str:
        return self.people.get(who, who)

    def adopt(self, other: str, into: str) -> None:
        """Two customers turn out to be one."""
        self.people[other] = into

    def close(self, matter: Matter, *, spam: bool = False) -> None:
        """Somebody ends a case, or sets it aside."""
        matter.worked_on = True
        matter.closed = self.today if matter.closed is None else matter.closed
        matter.spam = matter.spam or spam

    def ask(self, matter: Matter, who: str, id_: str) -> None:
        """We ask a third party about a case."""
        matter.worked_on = matter.answered = True
        matter.asked.add(who)
        self.said.append(Said(id_, "", matter, aside=True, to=who))

    def answer(self, matter: Matter, id_: str) -> None:
        """We say something in a case."""
        matter.worked_on = matter.answered = True
        self.said.append(Said(id_, "", matter))

    def seat(self, matter: Matter, who: str) -> None:
        if who not in matter.seats:
            matter.seats.add(who)
            matter.worked_on = True

    def leave(self, matter: Matter, who: str) -> None:
        matter.seats.discard(who)
        matter.asked.discard(who)

    def merge(self, case: Matter, into: Matter) -> None:
        moved = self.of(case)
        before = ((case.closed, case.spam), (into.closed, into.spam))
        if case.closed is None:
            into.closed, into.spam = None, False
        new = {who for who in case.seats - into.seats if who != into.customer}
        asked = case.asked - into.asked
        into.seats |= new
        into.asked |= asked
        later = [one for one in self.matters if one.previous is case and one is not into]
        for one in later:
            one.previous = into
        for one in moved:
            one.matter = into
        case.heir, case.worked_on, into.worked_on = into, True, True
        into.answered |= case.answered
        known = len(self.said)
        merge = Merge(case, into, moved, new, known, asked, before, into.closed, later)
        self.merges.append(merge)

    def is_exact(self, merge: Merge) -> bool:
        """Whether nothing has happened in the case since that undoing would have to guess."""
        since = [one for one in self.said[merge.known :] if one.matter is merge.into]
        later = self.merges[self.merges.index(merge) + 1 :]
        onto = any(one.into is merge.into for one in later)
        stayed = all(one.matter is merge.into for one in merge.moved)
        same = merge.into.closed == merge.after
        still = not (since or onto or merge.into.heir) and stayed and same
        return still and not self._was_split(merge)

    def unmerge(self, merge: Merge) -> None:
        for one in merge.moved:
            one.matter = merge.case
        merge.case.heir = None
        merge.into.seats -= merge.seats
        merge.into.asked -= merge.asked
        (merge.case.closed, merge.case.spam), (merge.into.closed, merge.into.spam) = merge.before
        for one in merge.later:
            if one.previous is merge.into:
                one.previous = merge.case
        self.merges.remove(merge)

    def split(self, chosen: Said) -> Matter:
        """One message becomes a case of whoever wrote it; ours one of the same customer."""
        old = chosen.matter
        author = "" if chosen.aside else chosen.sender
        new = self._begin(author or old.customer, previous=old)
        new.seats = {who for who in old.seats if who == author} - {new.customer}
        new.asked = {who for who in old.asked if chosen.aside and who in (chosen.sender, chosen.to)}
        new.worked_on = old.worked_on = True
        new.answered = not chosen.sender
        self.splits.append((old, len(self.merges)))
        chosen.matter = new
        return new

    splits: list[tuple[Matter, int]] = field(default_factory=list)

    def _was_split(self, merge: Merge) -> bool:
        place = self.merges.index(merge)
        return any(matter is merge.into and at > place for matter, at in self.splits)

    def _ours(self, names: tuple[str, ...]) -> Iterator[Matter]:
        for name in names:
            yield from (one.matter for one in self.said if one.id == name and not one.sender)

    def _own(self, sender: str, id_: str, names: tuple[str, ...]) -> Iterator[Matter]:
        own = [one for one in self.said if self._is_by(one, sender)]
        for name in names:
            yield from (one.matter for one in own if one.id == name)
        yield from (one.matter for one in own if id_ in one.names)
        for name in names:
            yield from (one.matter for one in own if name in one.names)

    def _is_by(self, said: Said, sender: str) -> bool:
        return bool(said.sender) and self.owner(said.sender) == self.owner(sender)

    def _is_party(self, sender: str, matter: Matter) -> bool:
        mine = self.owner(sender) == self.owner(matter.customer)
        return mine or sender in matter.seats or sender in matter.asked

    def _is_open(self, matter: Matter) -> bool:
        return matter.closed is None or self.today - matter.closed <= REOPEN_DAYS

    def _is_aside(self, sender: str, matter: Matter, names: tuple[str, ...]) -> bool:
        """Whether somebody speaks as one whom we asked; whoever has a seat may answer in public."""
        if self.owner(sender) == self.owner(matter.customer) or sender not in matter.asked:
            return False
        if sender not in matter.seats:
            return True
        ours = (one for name in names for one in self.of(matter) if one.id == name)
        return next((one.aside for one in ours if not one.sender), True)

    def _later(self, old: Matter, sender: str, id_: str, names: tuple[str, ...]) -> Matter | None:
        """The newest case that began since this one was too old, and is open to the sender."""
        for one in reversed(self.matters):
            if one.previous is not old or not self.of(one):
                continue
            mine = self.owner(one.customer) == self.owner(sender)
            known = mine or (self._is_party(sender, one) and self._shares(one, sender, id_, names))
            if known and self._is_open(one):
                return one
        return None

    def _shares(self, matter: Matter, sender: str, id_: str, names: tuple[str, ...]) -> bool:
        """Whether a message of the case is named, or names what this one does."""
        wanted = {id_, *names}
        readable = [one for one in self.of(matter) if not one.sender or self._is_by(one, sender)]
        return any(one.id in wanted or wanted & set(one.names) for one in readable)

    def _begin(
        self, customer: str, *, previous: Matter | None = None, guessed: bool = False
    ) -> Matter:
        new = Matter(customer, previous=previous)
        if previous is not None:
            previous.worked_on = True
        if guessed:
            new.closed, new.spam, new.worked_on = self.today, True, True
        self.matters.append(new)
        return new

    def _tie(self, one: Matter, other: Matter) -> Matter:
        """Two cases of one customer are joined as far as nobody has worked on the one that goes."""
        if self.owner(one.customer) != self.owner(other.customer):
            return one
        older, newer = sorted((one, other), key=self._age)
        for into, gone in ((older, newer), (newer, older)):
            if not gone.worked_on:
                for said in self.of(gone):
                    said.matter = into
                return into
        return one

    def _age(self, matter: Matter) -> int:
        return next(place for place, one in enumerate(self.matters) if one is matter)


def _end(matter: Matter) -> Matter:
    while matter.heir is not None:
        matter = matter.heir
    return matter
