"""Opening a case for a customer, with its first word; and writing that anew after an undo."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language

from apps.accounts.models import Team, User
from apps.cases import domain as cases
from apps.cases.enums import Outcome
from apps.cases.errors import StillOwed
from apps.cases.files import StoredFile
from apps.cases.models import Case, Interaction
from apps.cases.placeholders import CHINESE, ENGLISH, Letter
from apps.channels import domain as channels
from apps.channels import registry
from apps.channels.domain.writing import unsigned
from apps.common.text import is_chinese
from apps.customers import domain as customers
from apps.customers.identities import normalise
from apps.customers.models import Customer, Identity
from apps.desk import canned, drafts, uploads
from apps.desk.canned import Offers
from apps.desk.composing import record_inbound
from apps.desk.leaving import Words, prepare, send_once
from apps.desk.models import Submission
from apps.desk.sending import as_written, undo_until
from apps.desk.uploads import Box

SAID = ("address_kind", "address", "name", "subject", "team")
BEGUN = "begun"  # in Submission.typed: it opened a case; after an undo, the draft of the new try


def box_of(user: User, draft: str) -> Box:
    return Box(user, "new", draft=draft)


def start_case(*, actor: User, values: dict[str, Any]) -> Interaction | None:
    """Open a case owned by the actor and send or record its first word, once for each press.

    Where a driver stands behind the channel the text goes out to the customer after the undo
    window; elsewhere it is what the customer said. What was taken back before is written into
    the case that it opened. Raises CaseError, ChannelError or ValidationError; then nothing
    has come to be.
    """
    box = box_of(actor, values["key"])
    words = prepare(box, values["channel"], values)

    def act(kept: Sequence[StoredFile]) -> Interaction:
        customer = customers.find_or_create(
            kind=values["address_kind"], value=values["address"], name=values["name"]
        )
        case = _same_case(actor, customer, values) or _new_case(actor, customer, values)
        return _first_word(case, actor, values, words, kept)

    typed = {BEGUN: ""}
    return send_once(actor=actor, values=values, act=act, box=box, sent=words.sent, typed=typed)


def take_back(*, user: User, undone: channels.Undone) -> str | None:
    """The draft in which somebody writes their first mail anew; None for any other message.

    The case that it opened ends in silence until then, since nothing was ever said in it.
    """
    said = undone.interaction
    submission = Submission.objects.filter(user=user, interaction=said).first()
    if submission is None or BEGUN not in submission.typed:
        return None
    draft = str(uuid.uuid4())
    uploads.take_back(box_of(user, draft), said.attachments.order_by("pk"))
    submission.typed = {BEGUN: draft}
    submission.save(update_fields=["typed"])
    drafts.put_back(box=box_of(user, draft), words=typed_before(user, draft))
    if _is_empty(said.case):
        with suppress(StillOwed):
            cases.close_case(case_id=said.case_id, actor=user, outcome=Outcome.DUPLICATE)
    return draft


def typed_before(user: User, draft: str) -> dict[str, Any]:
    """What the form of a draft shows again after an undo; nothing for any other draft."""
    said = _taken_back(user, draft)
    if said is None:
        return {}
    pictures = {one.content_id: one for one in box_of(user, draft).waiting() if one.content_id}
    to = said.recipients[0]
    return {
        "channel": said.channel,
        "address_kind": to["kind"],
        "address": to["value"],
        "name": said.case.customer.name,
        "subject": said.case.subject,
        "kind": said.case.kind,
        "team": said.case.team_id,
        "cc": ", ".join(party["value"] for party in said.copies),
        "text": said.text_folded,
        "html": uploads.to_addresses(unsigned(said.html), pictures),
        "later": as_written(said.delivery.held_until),
    }


def offers(user: User, asked: Mapping[str, str]) -> Offers:
    """What may be inserted into a mail that is to open a case, by what its form says so far
    (``asked``, by the names of its fields; ``customer`` where a page named one).

    Who may not read a customer's addresses is told nothing by typing them: of the customer
    only what was typed is known then.
    """
    said = {name: asked.get(f"new-{name}", "").strip() for name in SAID}
    customer = _addressee(user, asked.get("customer", ""), said)
    teams = Team.objects.filter(pk__in=user.team_ids) if not user.is_superuser else Team.objects
    team = teams.filter(pk=said["team"]).first() if is_key(said["team"]) else None
    letter = Letter(customer, subject=said["subject"], team=team.name if team else "")
    return canned.offers(letter, user, asked.get("language", "") or _language(letter))


def named(user: User, key: str) -> Customer | None:
    """The customer with this key, if the person may read their addresses."""
    readable = Customer.objects.identities_visible_to(user)
    return readable.filter(pk=key).first() if is_key(key) else None


def _addressee(user: User, key: str, said: Mapping[str, str]) -> Customer | None:
    """Whom the form is addressed to; somebody unknown has the name that was typed."""
    if not said["address"]:
        return named(user, key) or (Customer(name=said["name"]) if said["name"] else None)
    try:
        value = normalise(said["address_kind"], said["address"])
    except ValidationError:
        return Customer(name=said["name"])
    known = Identity.objects.filter(kind=said["address_kind"], value=value)
    readable = Customer.objects.identities_visible_to(user)
    return readable.filter(pk__in=known.values("customer")).first() or Customer(name=said["name"])


def _language(letter: Letter) -> str:
    """The customer's own, else that of the subject, else the writer's."""
    if letter.customer and letter.customer.language:
        return letter.customer.language
    if letter.subject:
        return CHINESE if is_chinese(letter.subject) else ENGLISH
    return get_language() or ENGLISH


def is_key(text: str) -> bool:
    """Whether a text can be the key of a row."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _taken_back(user: User, draft: str) -> Interaction | None:
    found = Submission.objects.filter(user=user, **{f"typed__{BEGUN}": draft})
    writable = Case.objects.writable_by(user).values("pk")
    submission = found.filter(case__in=writable).select_related("interaction__case").first()
    return submission.interaction if submission else None


def _same_case(actor: User, customer: Customer, values: dict[str, Any]) -> Case | None:
    """The case that this mail opened before it was taken back, with what the form says now.

    Where it is for another customer now, that case ends: nothing was sent in it.
    """
    said = _taken_back(actor, values["key"])
    if said is None or (said.case.is_ended and not _is_empty(said.case)):
        return None
    case = said.case
    if (case.customer_id, case.channel) != (customer.pk, values["channel"]):
        if _is_empty(case) and not case.is_ended:
            cases.close_case(case_id=case.pk, actor=actor, outcome=Outcome.DUPLICATE)
        return None
    if case.is_ended:
        cases.reopen_case(case_id=case.pk, actor=actor, why="written_anew", counts=False)
    changed = {"subject": values["subject"], "kind": values["kind"]}
    case = cases.update_case(case_id=case.pk, actor=actor, **changed)
    if values["team"] and values["team"] != case.team:
        case = cases.assign_case(case_id=case.pk, actor=actor, owner=actor, team=values["team"])
    return case


def _is_empty(case: Case) -> bool:
    """Whether a case holds nothing but the mail that was taken back."""
    return case.merged_into_id is None and case.interactions.count() == 1


def _new_case(actor: User, customer: Customer, values: dict[str, Any]) -> Case:
    return cases.open_case(
        customer=customer,
        channel=values["channel"],
        subject=values["subject"],
        kind=values["kind"],
        team=values["team"],
        owner=actor,
        actor=actor,
    )


def _first_word(
    case: Case, actor: User, values: dict[str, Any], words: Words, kept: Sequence[StoredFile]
) -> Interaction:
    said = {"case_id": case.pk, "actor": actor, "channel": values["channel"]}
    if not registry.has(values["channel"]):
        return record_inbound(**said, text=words.text, attachments=kept)
    return channels.reply(
        **said,
        text=words.text,
        html=words.html,
        to=[values["address"]],
        cc=values["cc"],
        attachments=kept,
        hold_until=undo_until(values["later"]),
    )
