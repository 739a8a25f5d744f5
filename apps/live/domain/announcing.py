"""Writing to the outbox, in the change's own transaction."""

from __future__ import annotations

from django.db import connections, router
from django.utils import timezone

from apps.live import registry
from apps.live.models import Event

CHANNEL = "live_event"
INSERT = "INSERT INTO live_event (topic, object_id, at) VALUES "
# One statement, since intake counts them. Hubs hear of it when the transaction commits.
NOTIFYING = "WITH new AS ({} RETURNING id) SELECT pg_notify('live_event', '') FROM new LIMIT 1"


def announce(topic: str, /, *object_ids: int) -> None:
    """Tell everybody who may know that these objects changed, once the transaction commits.

    Raises LookupError for a topic that nobody registered.
    """
    registry.check(topic)
    if not object_ids:
        return
    connection = connections[router.db_for_write(Event)]
    field, now = Event._meta.get_field("at"), timezone.now()  # noqa: SLF001 - documented API
    at = field.get_db_prep_save(now, connection)
    marks = ", ".join(["(%s, %s, %s)"] * len(object_ids))
    values = [value for key in object_ids for value in (topic, key, at)]
    sql = INSERT + marks
    if connection.vendor == "postgresql":
        sql = NOTIFYING.format(sql)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
