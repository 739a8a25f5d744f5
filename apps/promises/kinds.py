"""Kinds of promises: what the pages call them, and which rules they follow.

An app registers its own in ``AppConfig.ready``::

    kinds.register(KindOfPromise("claim", _("Decision on a claim"), icon="receipt"))
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from apps.promises.enums import Kind

OWED = _("A promise is due by %(time)s.")


@dataclass(frozen=True, slots=True)
class KindOfPromise:
    """One kind. ``owed`` is the sentence of the closing guard, with a place for ``time``.

    ``kept_by_word``: any public word of ours keeps it. ``derived``: words alone begin and end
    it, so nobody makes, keeps or withdraws it by hand. ``renews``: what is kept starts its
    successor until the case is resolved. ``pauses``: waits while the customer's word is
    awaited, where the policy says so and a rule made it. ``by_voice``: the customer is called.
    ``by_talk``: somebody speaks to them, if at no number in particular. ``own_verb``: the
    desk makes it by an action of its own, with what belongs to it.
    """

    slug: str
    label: str | LazyText
    icon: str
    owed: str | LazyText = OWED
    kept_by_word: bool = False
    derived: bool = False
    renews: bool = False
    pauses: bool = False
    by_voice: bool = False
    by_talk: bool = False
    own_verb: bool = False

    @property
    def is_spoken(self) -> bool:
        return self.by_voice or self.by_talk


_kinds: dict[str, KindOfPromise] = {}


def register(kind: KindOfPromise) -> None:
    """Add a kind; its slug stands in data and API."""
    _kinds[kind.slug] = kind


def get(slug: str) -> KindOfPromise:
    """The kind with this slug; raises LookupError."""
    return _kinds[slug]


def has(slug: str) -> bool:
    return slug in _kinds


def is_derived(slug: str) -> bool:
    """Whether words alone begin and end promises of this kind."""
    return has(slug) and get(slug).derived


def all_kinds() -> list[KindOfPromise]:
    return list(_kinds.values())


def slugs(*, kept_by_word: bool = False) -> list[str]:
    """The slugs of all kinds, or of those that a word of ours keeps."""
    return [one.slug for one in _kinds.values() if one.kept_by_word or not kept_by_word]


BUILT_IN = (
    KindOfPromise(
        Kind.FIRST_REPLY,
        Kind.FIRST_REPLY.label,
        "message",
        _("The first answer is due by %(time)s."),
        kept_by_word=True,
        derived=True,
    ),
    KindOfPromise(
        Kind.NEXT_REPLY,
        Kind.NEXT_REPLY.label,
        "message",
        _("An answer is due by %(time)s."),
        kept_by_word=True,
        derived=True,
    ),
    KindOfPromise(
        Kind.CALLBACK,
        Kind.CALLBACK.label,
        "phone-calling",
        _("A call back is due by %(time)s."),
        by_voice=True,
    ),
    KindOfPromise(
        Kind.PROGRESS_UPDATE,
        Kind.PROGRESS_UPDATE.label,
        "speakerphone",
        _("News on the progress is due by %(time)s."),
        kept_by_word=True,
        renews=True,
        pauses=True,
    ),
    KindOfPromise(
        Kind.FOLLOW_UP,
        Kind.FOLLOW_UP.label,
        "heart-handshake",
        _("A follow-up is due by %(time)s."),
        by_talk=True,
    ),
    KindOfPromise(
        Kind.INQUIRY,
        Kind.INQUIRY.label,
        "message-question",
        _("An inquiry is due by %(time)s."),
        own_verb=True,
    ),
    KindOfPromise(
        Kind.TEST,
        Kind.TEST.label,
        "tool",
        _("A test with the customer is due by %(time)s."),
        by_talk=True,
    ),
    KindOfPromise(
        Kind.UNREACHED,
        Kind.UNREACHED.label,
        "message-question",
        _("Another way to the customer is to be found by %(time)s."),
        kept_by_word=True,
        own_verb=True,
    ),
    KindOfPromise(Kind.WIN_BACK, Kind.WIN_BACK.label, "user-star", by_talk=True),
    KindOfPromise(
        "senior",
        _("Somebody senior"),
        "users",
        _("Somebody senior is due by %(time)s."),
        by_talk=True,
        own_verb=True,
    ),
)
for _kind in BUILT_IN:
    register(_kind)
