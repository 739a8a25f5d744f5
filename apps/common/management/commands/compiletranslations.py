from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Compile the catalogues that are newer than what was made of them (without gettext)."

    def handle(self, *_args: Any, verbosity: int, **_options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                if compile_catalogue(source) and verbosity:
                    self.stdout.write(f"compiled {source.relative_to(settings.BASE_DIR)}")


def compile_catalogue(source: Path) -> bool:
    """Write the ``.mo`` beside a ``.po``; return whether there was anything to do."""
    target = source.with_suffix(".mo")
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return False
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parent.parent.name)
    draft = target.with_suffix(".new")
    with draft.open("wb") as output:
        write_mo(output, catalogue)
    draft.replace(target)
    return True
