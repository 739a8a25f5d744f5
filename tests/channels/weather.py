"""How an attempt ends for a pigeon, and what the case keeps of it."""

from __future__ import annotations

from apps.channels.driver import DeliveryError


def storm(*errors_to_raise):
    """Weather that raises these one after the other, before anything is handed over."""
    coming = iter(errors_to_raise)

    def weather(_message, about_to_commit):
        error = next(coming, None)
        if error is not None:
            raise error
        about_to_commit()

    return weather


def always(error):
    def weather(_message, _about_to_commit):
        raise error

    return weather


def receipts(*coming):
    """Weather that ends each attempt in the next of these receipts or errors."""
    answers = iter(coming)

    def weather(_message, about_to_commit):
        answer = next(answers)
        if isinstance(answer, DeliveryError):
            raise answer
        about_to_commit()
        return answer

    return weather


def event_kinds(case):
    return list(case.events.values_list("kind", flat=True))
