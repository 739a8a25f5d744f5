"""Hand raw input to intake, as a mail server's pipe does.

Whatever goes wrong ends in 75, "try again later" (sysexits.h), so that nobody's mail bounces.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.db.models import Q

from apps.channels import registry
from apps.channels.domain.intake import Result, receive_many
from apps.channels.models import Account

logger = logging.getLogger(__name__)

EX_DATAERR = 65
EX_TEMPFAIL = 75
BATCH_FILES = 50
BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its bytes, or why they could not be read."""

    body: bytes
    error: str = ""


class Command(BaseCommand):
    help = "Store raw input and thread it; one JSON line an input. Standard input without FILE."
    requires_system_checks = ()

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Let ``--account`` stand between the channel and the files, as published."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.parse_args = parser.parse_intermixed_args  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("channel", help="the channel's folder or value, such as mail")
        parser.add_argument("--account", default="", help="the channel's default when left out")
        parser.add_argument("files", nargs="*", metavar="FILE")

    def run_from_argv(self, argv: list[str]) -> None:
        try:
            super().run_from_argv(argv)
        except SystemExit as ending:
            sys.exit(EX_TEMPFAIL if ending.code not in {0, None, EX_DATAERR} else ending.code)
        except Exception:
            logger.exception("receive failed")
            sys.exit(EX_TEMPFAIL)

    def handle(self, *_args: Any, **options: Any) -> None:
        inputs = _read(options["files"])
        account, missing = _find_account(options["channel"], options["account"])
        codes = {0}
        for batch in _batches(inputs):
            codes |= self._take_in(account, batch, missing)
        if worst := max(codes):
            sys.exit(worst)

    def _take_in(self, account: Account | None, batch: Sequence[Input], missing: str) -> set[int]:
        """Store a batch and print its lines; returns the exit codes that it deserves."""
        good = [one.body for one in batch if one.body and not one.error]
        results = iter(_receive(account, good) if account else ())
        codes = set()
        for one in batch:
            if one.error or account is None:
                self._print(Result(stored=False), one.error or missing)
                codes.add(EX_TEMPFAIL)
            elif not one.body:
                self._print(Result(stored=False), "empty input")
                codes.add(EX_DATAERR)
            else:
                result = next(results)
                self._print(result, "" if result.stored else "not stored")
                codes.add(0 if result.stored else EX_TEMPFAIL)
        self.stdout.flush()
        return codes

    def _print(self, result: Result, error: str) -> None:
        line = result.as_dict() | ({"error": error} if error else {})
        self.stdout.write(json.dumps(line))


def _find_account(channel: str, name: str) -> tuple[Account | None, str]:
    """The account that is meant, or what is not known and which there are."""
    try:
        slug = registry.get(channel).slug
    except registry.UnknownChannel:
        known = ", ".join(driver.folder for driver in registry.all_drivers())
        return None, f"unknown channel {channel}; channels: {known}"
    accounts = Account.objects.enabled().filter(channel=slug).select_related("team")
    if name:
        found = accounts.filter(name=name).first()
    else:
        alone = Q(is_default=True) if accounts.count() > 1 else Q()
        found = accounts.filter(alone).first()
    return found, "" if found else "unknown account"


def _receive(account: Account, bodies: list[bytes]) -> list[Result]:
    """Take a batch in; when it fails as a whole, each input for itself."""
    content_type = registry.get(account.channel).content_types[0]
    try:
        return receive_many(account, bodies, content_type)
    except DatabaseError:
        logger.exception("a batch of %d could not be stored", len(bodies))
    return [_receive_one(account, body, content_type) for body in bodies]


def _receive_one(account: Account, body: bytes, content_type: str) -> Result:
    try:
        return receive_many(account, [body], content_type)[0]
    except DatabaseError:
        logger.exception("an input could not be stored")
        return Result(stored=False)


def _read(files: Sequence[str]) -> Iterator[Input]:
    if not files:
        yield Input(sys.stdin.buffer.read())
    for name in files:
        try:
            yield Input(Path(name).read_bytes())
        except OSError as error:
            yield Input(b"", f"{name}: {error.strerror or os.strerror(error.errno or 0)}")


def _batches(inputs: Iterator[Input]) -> Iterator[list[Input]]:
    batch: list[Input] = []
    size = 0
    for one in inputs:
        if batch and (len(batch) == BATCH_FILES or size + len(one.body) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.body)
    if batch:
        yield batch
