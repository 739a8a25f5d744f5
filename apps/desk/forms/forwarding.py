"""Asking somebody outside about a case."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.cases.enums import Channel
from apps.cases.models import Attachment, Case, Interaction
from apps.channels.enums import DeliveryState
from apps.common.text import excerpt
from apps.desk.forms.base import DeskForm
from apps.desk.forms.composing import MAX_TEXT, FormattedForm
from apps.desk.forms.fields import AddressListField

MAX_MESSAGES = 30
MAX_FILES = 50


class MessageField(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    def label_from_instance(self, obj: Any) -> str:
        ours = obj.author.name if obj.author else gettext("The portal")
        who = obj.sender_name or obj.sender_value or ours
        return f"{localtime(obj.received_at):%m-%d %H:%M} {who}: {excerpt(obj.text_folded, 50)}"


class ForwardForm(DeskForm, FormattedForm):
    """What may be quoted and chosen is what the case itself holds, without notes."""

    prefix = "forward"
    to = AddressListField(label=_("To"), error_messages={"required": _("Say whom to ask.")})
    text = forms.CharField(
        label=_("Your words"),
        max_length=MAX_TEXT,
        required=False,
        strip=False,
        help_text=_("Only whom you name here reads this. The answer stays internal."),
    )
    interaction = MessageField(
        Interaction.objects.none(), label=_("Message"), required=False, empty_label=_("none")
    )
    chosen = forms.ModelMultipleChoiceField(
        Attachment.objects.none(),
        label=_("Files of the case"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        messages = case.interactions.exclude(channel=Channel.INTERNAL).select_related("author")
        messages = messages.exclude(delivery__state=DeliveryState.CANCELLED)  # never left
        newest = messages.newest_first()
        files = Attachment.objects.filter(interaction__in=messages).order_by("-pk")
        message, chosen = self.fields["interaction"], self.fields["chosen"]
        assert isinstance(message, forms.ModelChoiceField)  # noqa: S101 - declared above
        assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101
        message.queryset = newest if self.is_bound else newest[:MAX_MESSAGES]
        chosen.queryset = files if self.is_bound else files[:MAX_FILES]
        first = newest.filter(direction="inbound").values_list("pk", flat=True).first()
        self.initial.setdefault("interaction", first)
        if not files.exists():
            del self.fields["chosen"]

    def clean_text(self) -> str:
        return str(self.cleaned_data["text"]).replace("\r\n", "\n").strip()
