"""Links that let somebody in without an account: signed, for one purpose, until a time.

A token names objects by their keys, and the serial under which whoever owns the link keeps it
alive: turning the serial makes every link that was sent worthless. Each purpose has a salt of
its own, so no token can be used for another. Reading a token asks no database, so it takes as
long for an object that exists as for one that does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core import signing

MAX_LENGTH = 300


class LinkOver(Exception):
    """A token that opens nothing: forged, cut off, expired, or made for something else."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a token names: the keys of its objects, and the serial it was made with."""

    keys: tuple[int, ...]
    serial: int


def make(purpose: str, *keys: int, serial: int, until: datetime) -> str:
    """A token for these objects; the same for the same time, so a repeated mail says the same."""
    return _signer(purpose).sign_object([*keys, serial, int(until.timestamp())])


def read(token: str, purpose: str, *, at: datetime) -> Named:
    """What a token names; changes nothing. Raises LinkOver."""
    if len(token) > MAX_LENGTH:
        raise LinkOver
    try:
        *keys, serial, until = _signer(purpose).unsign_object(token)
    except (signing.BadSignature, ValueError) as error:
        raise LinkOver from error
    if until <= at.timestamp():
        raise LinkOver
    return Named(tuple(keys), serial)


def _signer(purpose: str) -> signing.Signer:
    return signing.Signer(salt=f"contactcentre.links.{purpose}")
