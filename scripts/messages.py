"""Is every text of code and templates translated? ``--write`` brings the catalogue up to date.

Texts are gathered in a copy of the tree, so that a check changes nothing. Needs gettext.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
LOCALE = "zh_Hans"
CATALOGUE = Path("locale") / LOCALE / "LC_MESSAGES" / "django.po"
SOURCES = ("apps", "contactcentre", "templates")
OPTIONS = ("--no-wrap", "--add-location=file", "--no-obsolete")


def gather(*, keep: bool) -> str:
    """Return the catalogue of a fresh ``makemessages``, over the present one when ``keep``."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for source in SOURCES:
            if (ROOT / source).exists():
                shutil.copytree(ROOT / source, copy / source)
        (copy / CATALOGUE).parent.mkdir(parents=True)
        if keep and (ROOT / CATALOGUE).exists():
            shutil.copyfile(ROOT / CATALOGUE, copy / CATALOGUE)
        command = [sys.executable, "-m", "django", "makemessages", "-l", LOCALE, *OPTIONS]
        subprocess.run(command, cwd=copy, check=True, stdout=subprocess.DEVNULL)
        text = (copy / CATALOGUE).read_text()
    # A fresh entry has the plural forms of English; ours has one.
    return "".join(line for line in text.splitlines(True) if not line.startswith('msgstr[1] ""'))


def load(text: str) -> Catalog:
    """Parse a catalogue; a broken one raises."""
    return read_po(text.splitlines(), locale=LOCALE, abort_invalid=True)


def find_fault(wanted: Message, present: Catalog) -> str:
    """Return what is wrong with the translation of one text, or nothing."""
    found = present.get(wanted.id, wanted.context)
    if found is None:
        return "missing"
    if found.fuzzy:
        return "fuzzy"
    texts = found.string if isinstance(found.string, (list, tuple)) else (found.string,)
    if not all(texts):
        return "not translated"
    return "; ".join(str(error) for error in found.check(present))


def check() -> int:
    """Print every text without a good translation; return the exit code."""
    wanted = load(gather(keep=False))
    path = ROOT / CATALOGUE
    present = load(path.read_text()) if path.exists() else Catalog(locale=LOCALE)
    faults = 0
    for message in wanted:
        if message.id and (fault := find_fault(message, present)):
            faults += 1
            print(f"{CATALOGUE}: {fault}: {message.id!r}", file=sys.stderr)
    return 1 if faults else 0


def main() -> int:
    """Check or write; return the exit code."""
    if shutil.which("xgettext") is None:
        print("translations need gettext (apt-get install gettext)", file=sys.stderr)
        return 1
    if "--write" in sys.argv:
        path = ROOT / CATALOGUE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(gather(keep=True))
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())
