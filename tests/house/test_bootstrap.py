"""scripts/bootstrap.sh finds a Python that fits, or says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services.portal import ROOT

TOOLS = ("cat", "cksum", "dirname", "rm", "mkdir", "sh", "echo")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A tree with the script and an empty lock, so that nothing is installed."""
    tree = tmp_path / "clone"
    (tree / "scripts").mkdir(parents=True)
    (tree / "requirements").mkdir()
    shutil.copy(ROOT / "scripts" / "bootstrap.sh", tree / "scripts")
    (tree / "requirements" / "dev.txt").write_text("")
    (tree / "requirements" / "base.txt").write_text("# base\n")
    return tree


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A PATH with the basic tools alone."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def bootstrap(
    clone: Path, path: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing but ``path`` on PATH and an empty home."""
    return subprocess.run(
        ["/bin/sh", str(clone / "scripts" / "bootstrap.sh"), *arguments],
        env={"PATH": str(path), "HOME": str(clone), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def write_shim(path: Path, text: str) -> None:
    """Write an executable."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_bootstrap_without_python_says_what_to_install(clone: Path, tools: Path) -> None:
    done = bootstrap(clone, tools)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "python3.12" in done.stderr


def test_bootstrap_passes_over_old_and_dead_pythons(clone: Path, tools: Path) -> None:
    write_shim(tools / "python3.12", "echo 'version not installed' >&2; exit 127")
    write_shim(tools / "python3", "exit 1")
    write_shim(tools / "python", f'exec "{sys.executable}" "$@"')
    done = bootstrap(clone, tools)
    assert (done.returncode, done.stderr.count("Making .venv")) == (0, 1)
    assert (clone / ".venv" / "bin" / "python").exists()

    again = bootstrap(clone, tools)
    assert (again.returncode, again.stderr) == (0, "")

    (clone / "requirements" / "dev.txt").write_text("# another lock\n")
    renewed = bootstrap(clone, tools)
    assert (renewed.returncode, renewed.stderr.count("Making .venv")) == (0, 1)


def test_bootstrap_finds_a_python_of_pyenv(clone: Path, tools: Path) -> None:
    version = clone / "pyenv" / "versions" / "3.12.1" / "bin"
    version.mkdir(parents=True)
    write_shim(version / "python3", f'exec "{os.path.realpath(sys.executable)}" "$@"')
    done = bootstrap(clone, tools, PYENV_ROOT=str(clone / "pyenv"))
    assert done.returncode == 0


def test_bootstrap_takes_the_python_that_is_named(clone: Path, tools: Path) -> None:
    done = bootstrap(clone, tools, PORTAL_PYTHON=sys.executable)
    assert done.returncode == 0


def test_bootstrap_for_running_is_content_with_more(clone: Path, tools: Path) -> None:
    write_shim(tools / "python3", f'exec "{sys.executable}" "$@"')
    made = [
        bootstrap(clone, tools, kind).stderr.count("Making .venv")
        for kind in ("base", "base", "dev", "base")
    ]
    assert made == [1, 0, 1, 0]
