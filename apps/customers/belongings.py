"""What belongs to a customer: higher layers register it, and it moves when two become one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from apps.customers.models import Identity, Preference

if TYPE_CHECKING:
    from django.db import models

    from apps.customers.models import Customer

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Belonging:
    """Rows of ``model`` that point at their customer with ``field``."""

    model: type[models.Model]
    field: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"  # noqa: SLF001 - public name

    def move(self, other: Customer, into: Customer) -> list[Any]:
        """Let all that points at ``other`` point at ``into``; returns the keys for JSON."""
        rows = self.model._base_manager.filter(**{self.field: other})  # noqa: SLF001
        keys = list(rows.values_list("pk", flat=True))
        rows.update(**{self.field: into})
        return [key if isinstance(key, int) else str(key) for key in keys]

    def move_back(self, keys: list[Any], into: Customer, other: Customer) -> int:
        """Let those of these rows that still point at ``into`` point at ``other``; how many."""
        rows = self.model._base_manager.filter(**{self.field: into})  # noqa: SLF001
        chunks = (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
        return sum(rows.filter(pk__in=chunk).update(**{self.field: other}) for chunk in chunks)


_belongings = [Belonging(Identity, "customer"), Belonging(Preference, "customer")]


def register(model: type[models.Model], field: str = "customer") -> None:
    """Add what moves with a customer, once for each foreign key."""
    _belongings.append(Belonging(model, field))


def everything() -> tuple[Belonging, ...]:
    return tuple(_belongings)
