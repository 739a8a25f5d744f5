"""Values of the mail driver's own data."""

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy


class Fate(TextChoices):
    """What became of a mail in a mailbox: ``taken`` is stored but not yet marked, moved or
    deleted as the account wishes, ``done`` is both, ``refused`` could not be fetched.
    """

    TAKEN = "taken", pgettext_lazy("fate of a mail", "Taken in")
    DONE = "done", pgettext_lazy("fate of a mail", "Done")
    REFUSED = "refused", pgettext_lazy("fate of a mail", "Could not be fetched")
