"""Topics of events, and who may hear of which object.

The app that owns a topic registers it in ``AppConfig.ready``::

    registry.register("case", readers)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

# (object ids, ids of people who listen) -> for each object those who may know that it changed.
# It asks the database as things are now; an object that it leaves out is told to nobody.
Audience = Callable[[Collection[int], Collection[int]], Mapping[int, Collection[int]]]
_topics: dict[str, Audience] = {}


def register(topic: str, audience: Audience) -> None:
    """Add a topic; its name travels to browsers (``case 123``)."""
    _topics[topic] = audience


def check(topic: str) -> None:
    """Raise LookupError for a topic that nobody owns."""
    if topic not in _topics:
        raise LookupError(f"no topic {topic!r}; there are {sorted(_topics)}")


def topics() -> list[str]:
    return sorted(_topics)


def audience(
    topic: str, object_ids: Collection[int], user_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """Who of these people may hear of each of these objects.

    A topic that this process does not know (another version announced it) has no audience.
    """
    if topic not in _topics or not user_ids:
        return {}
    heard = _topics[topic](object_ids, user_ids)
    return {key: frozenset(users) for key, users in heard.items()}
