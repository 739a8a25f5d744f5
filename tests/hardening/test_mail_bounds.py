"""Mail made to cost much: any input up to 25 MiB in 10 s of processor time and 400 MiB."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.hardening.bombs import BOMBS

MIB = 1024 * 1024
MEMORY = 400


def read_bombs(size: int, *names: str) -> dict[str, int]:
    """Read mails in a process that dies at its limit; return the memory held after each."""
    command = [sys.executable, "-m", "tests.hardening.bombs", str(size), *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line.split() for line in done.stdout.splitlines()]
    held = {name: int(memory) for name, memory in lines}
    assert list(held) == list(names), f"died of the one after {list(held)[-1:]}: {done.stderr}"
    return held


def test_no_mail_of_one_mebibyte_is_out_of_bounds():
    held = read_bombs(MIB, *BOMBS)
    assert max(held.values()) <= MEMORY


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_no_mail_of_the_largest_size_is_out_of_bounds(name):
    assert read_bombs(25 * MIB, name)[name] <= MEMORY
