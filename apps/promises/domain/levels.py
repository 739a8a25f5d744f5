"""How fast we want to be in one case."""

from __future__ import annotations

from apps.cases.models import Case
from apps.promises.domain.terms import Terms, current_terms
from apps.promises.targets import Targets


def level_for(case: Case, *, terms: Terms | None = None) -> Targets:
    """The targets of a case (one query, none with ``terms``; ``case.customer`` fetched before).

    Each target is taken from the most specific level that sets it: one that names more of team,
    kind and tier first; among as many, the tier outranks the kind and the kind the team. What no
    level sets has the default of ``Targets``.
    """
    return (terms or current_terms()).level_of(
        team_id=case.team_id, kind=case.kind, tier=case.customer.tier
    )
