"""The tree itself: vendored files, sizes, what must not be named."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from scripts import messages, tree, vendor
from tests.services.portal import ROOT


@pytest.mark.parametrize("folder", ["static/vendor", "tests/vendor"])
def test_vendored_files_equal_their_manifest(folder: str) -> None:
    manifest = (ROOT / folder / vendor.MANIFEST).read_text().splitlines()
    assert manifest == vendor.read_sums(ROOT / folder)
    packages = [path for path in (ROOT / folder).iterdir() if path.is_dir()]
    assert packages
    assert all((package / "LICENSE").exists() for package in packages)


def test_npm_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "frontend" / "package-lock.json").read_text().replace(
        "https://opencollective.com", ""
    ).replace("https://github.com", "")


# Put together here, so that the check does not find this file.
INDEX = "https://" + "py" + "pi.org/simple"
HOME = "/" + "home/ana/x"
ROOT_HOME = "/" + "root/project"


@pytest.mark.parametrize("line", [f"see {INDEX}", f"cd {ROOT_HOME}", f"open('{HOME}')"])
def test_tree_check_finds_what_must_not_land(tmp_path: Path, monkeypatch, line: str) -> None:
    (tmp_path / "notes.md").write_text(f"first\n{line}\n")
    monkeypatch.setattr(tree, "ROOT", tmp_path)
    faults = tree.find_faults("notes.md")
    assert len(faults) == 1
    assert faults[0].startswith("notes.md:2: names a ")


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("", "missing"),
        ('msgid "Case"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Case"\nmsgstr "工单"\n', "fuzzy"),
        ('msgid "Case"\nmsgstr "工单"\n', ""),
    ],
)
def test_translation_check_names_the_fault(entry: str, fault: str) -> None:
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    wanted = messages.load(f'{header}msgid "Case"\nmsgstr ""\n')
    present = messages.load(header + entry)
    assert messages.find_fault(wanted["Case"], present) == fault


def test_requirements_belong_to_the_project() -> None:
    done = subprocess.run([sys.executable, "scripts/lock_stamp.py"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_requirements_hold_hashes_and_no_addresses() -> None:
    for name in ("base.txt", "dev.txt"):
        text = (ROOT / "requirements" / name).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text


def test_run_time_requirements_hold_what_kombu_needs_for_redis() -> None:
    """Its extra is not asked for; development has the package by accident, through pytest."""
    extra = [line for line in metadata.requires("kombu") or [] if 'extra == "redis"' in line]
    names = {re.split(r"[^a-z0-9-]", line.lower())[0] for line in extra}
    base = (ROOT / "requirements" / "base.txt").read_text()
    assert names == {name for name in names if f"\n{name}==" in base}
