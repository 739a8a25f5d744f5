"""Telling a fault collector (Sentry or whatever speaks its protocol) what went wrong."""

from __future__ import annotations


def report_to(dsn: str) -> None:
    """Report unhandled exceptions and logged errors of this process.

    No word of a customer goes along: neither the variables around a fault, nor what a request
    or a task held, nor who was logged in. What libraries trace beside faults is not sent either.
    """
    import sentry_sdk  # costs memory that most installations need not spend

    sentry_sdk.init(
        dsn=dsn,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=None,
    )
