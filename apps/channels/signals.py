"""What other apps may hear of channels, inside the transaction that changes it."""

from django.dispatch import Signal

# interactions: list[Interaction]: messages were taken in, and what they name can be asked
messages_threaded = Signal()
