"""What happened to customers, sent inside the transaction in which it happened.

``customers_met``: customers, those whom intake has just made; rows written together send
none of Django's own signals.
"""

from django.dispatch import Signal

customers_met = Signal()
