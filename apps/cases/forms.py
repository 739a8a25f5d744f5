"""What the administration asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.cases.models import CannedReply
from apps.cases.placeholders import PLACEHOLDERS

if TYPE_CHECKING:
    CannedModelForm = forms.ModelForm[CannedReply]
else:  # Django's own form takes no type at run time
    CannedModelForm = forms.ModelForm


class CannedReplyAdminForm(CannedModelForm):
    """A shared reply: a team's, or everybody's."""

    class Meta:
        model = CannedReply
        fields = ("name", "team", "text_en", "text_zh")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = [f"{{{{{name}}}}}: {meaning}" for name, meaning in PLACEHOLDERS.items()]
        intro = _("Leave one language empty to use the other one. Placeholders:")
        for name in ("text_en", "text_zh"):
            self.fields[name].help_text = " ".join([str(intro), "; ".join(lines)])
