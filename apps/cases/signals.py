"""What happened to cases, sent inside the transaction in which it happened.

``cases_opened``: cases. ``case_changed``: case, changed (names of fields; all the clocks at
once in a merge, its undoing and a split, which have signals of their own).
``interactions_recorded``: interactions, each with its case loaded. Both lists hold one or
(from intake) many; a receiver writes for all of them at once, never with a query for each.
``case_joined``: into, other, interactions (those that moved from ``other``, which is
deleted right after); a receiver moves what it keeps of ``other``.
``case_merged``, ``case_unmerged``: into, other, interactions (those that move), kept (what a
receiver notes of a merge under its own name, to undo it exactly).
``case_split``: case, into, interactions (those that moved from ``case`` to ``into``).
``words_left``: interactions that were to leave later and leave now, each with its case loaded.
``participant_left``: case, participant.
``events_recorded``: events, each with its case loaded; one or many, as above.
"""

from django.dispatch import Signal

cases_opened = Signal()
case_changed = Signal()
interactions_recorded = Signal()
case_joined = Signal()
case_merged = Signal()
case_unmerged = Signal()
case_split = Signal()
words_left = Signal()
participant_left = Signal()
events_recorded = Signal()
