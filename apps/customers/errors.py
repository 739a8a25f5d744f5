"""What can stand in the way of a change of customers; each message is a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _


class CustomerError(Exception):
    """Base of all refusals; ``str()`` is translated and says what to do."""


class AddressesHidden(CustomerError):
    """The actor may not read a customer's addresses, and so not change whose they are."""

    def __init__(self) -> None:
        super().__init__(_("You may see none of this customer's cases."))


class CustomerMerged(CustomerError):
    """The customer goes on as another one, where all changes belong."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("This customer is merged into %(name)s. Work there instead.") % {"name": name}
        )


class CannotMergeCustomers(CustomerError):
    """These two customers cannot become one; the message says why."""


class CustomerNotMerged(CustomerError):
    """There is no merge to undo."""

    def __init__(self) -> None:
        super().__init__(_("This customer is not merged, there is nothing to undo."))


class CannotPart(CustomerError):
    """So much has happened since a merge that undoing it would have to guess."""


class NotYoursToKeep(CustomerError):
    """The actor may write none of the customer's cases, and so not what is remembered."""

    def __init__(self) -> None:
        super().__init__(
            _("You may change none of this customer's cases, and so not what we remember of them.")
        )


class PreferenceRetired(CustomerError):
    """The preference holds no longer; what holds now is noted anew."""

    def __init__(self) -> None:
        super().__init__(_("This is no longer remembered. Note it again if it holds."))
