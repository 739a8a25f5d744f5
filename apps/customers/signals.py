"""What happened to customers, sent inside the transaction in which it happened.

``customers_met``: customers, those whom intake has just made; rows written together send
none of Django's own signals.
``customer_merged``, ``customer_unmerged``: into, other, actor, kept (what a receiver notes of
a merge under its own name). ``customer_parting``: into, other, merge; before anything moves
back, a receiver raises CannotPart when it could not be done exactly.
``preferences_changed``: customer, of whom something was noted, confirmed or retired.
"""

from django.dispatch import Signal

customers_met = Signal()
customer_merged = Signal()
customer_parting = Signal()
customer_unmerged = Signal()
preferences_changed = Signal()
