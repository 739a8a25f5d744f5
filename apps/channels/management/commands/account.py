from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.channels import registry
from apps.channels.domain.accounts import save_account
from apps.channels.driver import BadSetting


class Command(BaseCommand):
    help = (
        "Create or update an account: account mail support address=help@example.org"
        " outgoing=smtp://user:password@host:25 default=1. What is not given stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's folder or value, such as mail")
        parser.add_argument("name")
        parser.add_argument("values", nargs="*", metavar="key=value")

    def handle(self, *_args: Any, **options: Any) -> None:
        values = _read_settings(options["values"])
        if not all(map(_is_text, (options["channel"], options["name"]))):
            raise CommandError("The name is not valid UTF-8.")
        try:
            account, created = save_account(
                channel=options["channel"], name=options["name"], values=values
            )
        except registry.UnknownChannel as error:
            known = ", ".join(driver.folder for driver in registry.all_drivers())
            raise CommandError(f"No channel {error}. Channels: {known}") from error
        except BadSetting as error:
            raise CommandError(f"{error.name}: {error.reason}") from error
        self.stdout.write(f"{account} {'created' if created else 'updated'}")


def _read_settings(words: list[str]) -> dict[str, str]:
    """Split ``key=value``; a message never repeats a value, which may be a password."""
    values: dict[str, str] = {}
    for position, word in enumerate(words, start=3):
        key, separator, value = word.partition("=")
        if not _is_text(word):
            raise CommandError(f"Argument {position} is not valid UTF-8.")
        if not separator or not key:
            raise CommandError(f"Argument {position} is not of the form key=value.")
        values[key.strip()] = value.strip()
    return values


def _is_text(word: str) -> bool:
    """Whether a word of the command line could be decoded; no database takes any other."""
    return not any("\ud800" <= char <= "\udfff" for char in word)
