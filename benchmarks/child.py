"""One part over one database, in a process of its own: ``python -m benchmarks.child PART``."""

from __future__ import annotations

import sys

import django
from django.core.management import call_command
from django.db import connection


def main(part: str, *options: str) -> None:
    django.setup()
    call_command("prepare", verbosity=0)
    from benchmarks import clock, mailboxes, outgoing, parts, streams  # these need the settings
    from benchmarks.figures import tell

    database = connection.vendor
    if part == "intake":
        figures = parts.intake(database)
    elif part == "mailboxes":
        figures = mailboxes.mailboxes(database, full="full" in options)
    elif part == "outgoing":
        figures = outgoing.outgoing(database)
    elif part == "streams":
        figures = streams.streams(database)
    elif part == "clock":
        figures = clock.clock(database, full="full" in options)
    else:
        figures = parts.pages(database, full="full" in options)
    for figure in figures:
        tell(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
