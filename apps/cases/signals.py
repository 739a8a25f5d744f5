"""What happened to a case, sent inside the transaction in which it happened.

``case_opened``: case. ``case_changed``: case, changed (names of fields).
``interaction_recorded``: case, interaction.
"""

from django.dispatch import Signal

case_opened = Signal()
case_changed = Signal()
interaction_recorded = Signal()
