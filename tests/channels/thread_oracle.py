"""Threading as docs/architecture.md tells it, written anew: which messages share a case?

It knows nothing of the database, nor of how the portal finds an answer. Cases are labels.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Matter:
    """A case: whose it is, who else takes part, and where it went on."""

    customer: str
    seats: set[str] = field(default_factory=set)
    worked_on: bool = False
    answered: bool = False
    heir: Matter | None = None


@dataclass
class Said:
    """A message; ``sender`` is empty for ours."""

    id: str
    sender: str
    matter: Matter
    names: tuple[str, ...] = ()


@dataclass
class Merge:
    case: Matter
    into: Matter
    moved: list[Said]
    seats: set[str]
    known: int


@dataclass
class Oracle:
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
        self, sender: str, id_: str, names: tuple[str, ...] = (), marked: Matter | None = None
    ) -> None:
        """A mail comes in; ``marked`` is the case of a genuine mark of ours on it."""
        proofs = [*self._ours(names), *([_end(marked)] if marked else [])]
        found = [*proofs, *self._own(sender, id_, names)]
        mine: list[Matter] = []
        for matter in found:
            if self._is_party(sender, matter) and not any(matter is one for one in mine):
                mine.append(matter)
        if mine:
            home = mine[0]
            for other in mine[1:]:
                home = self._tie(home, other)
        else:
            home = self._begin(sender)
            if proofs:
                proofs[0].worked_on = True  # the new case is linked to it
        self.said.append(Said(id_, sender, home, names))

    def answer(self, matter: Matter, id_: str) -> None:
        """We say something in a case."""
        matter.worked_on = matter.answered = True
        self.said.append(Said(id_, "", matter))

    def seat(self, matter: Matter, who: str) -> None:
        if who != matter.customer and who not in matter.seats:
            matter.seats.add(who)
            matter.worked_on = True

    def leave(self, matter: Matter, who: str) -> None:
        matter.seats.discard(who)

    def merge(self, case: Matter, into: Matter) -> None:
        moved = self.of(case)
        new = case.seats - into.seats - {into.customer}
        into.seats |= new
        for one in moved:
            one.matter = into
        case.heir, case.worked_on, into.worked_on = into, True, True
        into.answered |= case.answered
        self.merges.append(Merge(case, into, moved, new, len(self.said)))

    def is_exact(self, merge: Merge) -> bool:
        """Whether nothing has happened in the case since that undoing would have to guess."""
        since = [one for one in self.said[merge.known :] if one.matter is merge.into]
        later = self.merges[self.merges.index(merge) + 1 :]
        onto = any(one.into is merge.into for one in later)
        stayed = all(one.matter is merge.into for one in merge.moved)
        return not (since or onto or merge.into.heir) and stayed and not self._was_split(merge)

    def unmerge(self, merge: Merge) -> None:
        for one in merge.moved:
            one.matter = merge.case
        merge.case.heir = None
        merge.into.seats -= merge.seats
        self.merges.remove(merge)

    def split(self, chosen: Said) -> Matter:
        """One message becomes a case of whoever wrote it; ours one of the same customer."""
        old = chosen.matter
        new = self._begin(chosen.sender or old.customer)
        new.seats = {who for who in old.seats if who == chosen.sender} - {new.customer}
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
        own = [one for one in self.said if one.sender == sender]
        for name in names:
            yield from (one.matter for one in own if one.id == name)
        yield from (one.matter for one in own if id_ in one.names)
        for name in names:
            yield from (one.matter for one in own if name in one.names)

    def _is_party(self, sender: str, matter: Matter) -> bool:
        return sender == matter.customer or sender in matter.seats

    def _begin(self, customer: str) -> Matter:
        self.matters.append(Matter(customer))
        return self.matters[-1]

    def _tie(self, one: Matter, other: Matter) -> Matter:
        """Two cases of one customer are joined as far as nobody has worked on the one that goes."""
        if one.customer != other.customer:
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
