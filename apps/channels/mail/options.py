"""The settings of a mail account beside its servers, as the form of an account asks for them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.channels.doors import OptionField


def option_fields() -> list[OptionField]:
    """In the reader's language; ``mailbox.settings`` and ``accounts`` say what each may be."""
    return [
        OptionField("folder", _("Folder"), _("Of the mailbox that is read; INBOX when empty.")),
        OptionField(
            "after",
            _("What becomes of fetched mail"),
            _(
                "keep leaves it untouched (also when empty), seen marks it as read, delete removes"
                " it, move:Folder puts it into that folder; always after it was stored here."
            ),
        ),
        OptionField(
            "oauth_token_url",
            _("OAuth: token endpoint"),
            _(
                "Turns XOAUTH2 on. The password of the server's address is the refresh token then;"
                " with a client secret write secret, %0A, refresh token."
            ),
        ),
        OptionField("oauth_client_id", _("OAuth: client id")),
        OptionField("oauth_scope", _("OAuth: scope"), _("Where the provider wants one.")),
    ]
