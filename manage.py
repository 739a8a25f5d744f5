#!/usr/bin/env python
"""The command line of the portal.

``portal`` supervises other processes and must stay small, so it is started before Django is
imported; every other command is Django's.
"""

from __future__ import annotations

import os
import sys

TRY_AGAIN_LATER = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "portal":
        from contactcentre.supervisor import main as supervise

        sys.exit(supervise(sys.argv[2:]))

    from contactcentre.environment import BadEnvironment

    try:
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except BadEnvironment as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(TRY_AGAIN_LATER if sys.argv[1:2] == ["receive"] else 1)


if __name__ == "__main__":
    main()
