"""What people type when they come in, and what is asked of them in the administration."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.http import HttpRequest
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget

from apps.accounts.domain import NewPerson, ask_for_password
from apps.accounts.errors import AlreadyHere, AlreadyInvited
from apps.accounts.models import IdentityProvider, Invitation, User

if TYPE_CHECKING:
    InvitationModelForm = forms.ModelForm[Invitation]
    ProviderModelForm = forms.ModelForm[IdentityProvider]
else:  # Django's own form takes no type at run time
    InvitationModelForm = ProviderModelForm = forms.ModelForm

LANGUAGES = [("", _("As the browser")), *settings.LANGUAGES]


def _zones() -> list[tuple[str, Any]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name or name == "UTC")
    return [("", _("As the installation")), *((name, name) for name in names)]


zone_choices = lazy(_zones, list)


class PlainForm(forms.Form):
    """A form outside the desk, in the same dress; labels carry no colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", "inp")


class PasswordRequestForm(PlainForm):
    """Takes the place of django-allauth's: looks nobody up, so that its answer tells nothing."""

    email = forms.EmailField(
        label=_("Email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def save(self, _request: HttpRequest) -> None:
        ask_for_password(email=self.cleaned_data["email"], language=get_language() or "")


class AcceptForm(PlainForm):
    """Who accepts an invitation says how they are called and how they log in."""

    display_name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        help_text=_("As colleagues and customers read it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("With it you log in."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least eight characters, and none that everybody tries first."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    language = forms.ChoiceField(label=_("Language"), required=False, choices=LANGUAGES)
    timezone = forms.ChoiceField(label=_("Time zone"), required=False, choices=zone_choices())

    def clean_username(self) -> str:
        name: str = get_adapter().clean_username(self.cleaned_data["username"])
        return name

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        user = User(
            username=cleaned.get("username", ""), display_name=cleaned.get("display_name", "")
        )
        if password := cleaned.get("password"):
            try:
                password_validation.validate_password(password, user)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned

    def person(self) -> NewPerson:
        return NewPerson(**self.cleaned_data)


class InvitationForm(InvitationModelForm):
    """In the administration: a superuser invites anywhere."""

    class Meta:
        model = Invitation
        fields = ("email", "team", "role", "language")

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(str(AlreadyHere(email)))
        if Invitation.objects.pending().filter(email=email).exists():
            raise forms.ValidationError(str(AlreadyInvited(email)))
        return email


class ProviderForm(ProviderModelForm):
    """The secret may be written and never read; an empty field keeps what is set."""

    new_secret = forms.CharField(
        label=_("New client secret"),
        required=False,
        strip=True,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep what is set. It is kept encrypted and never shown."),
    )

    class Meta:
        model = IdentityProvider
        exclude = ("secret",)  # everything but what nobody may read

    def save(self, commit: bool = True) -> IdentityProvider:  # noqa: FBT001, FBT002 - Django's
        if secret := self.cleaned_data["new_secret"]:
            self.instance.secret = secret
        return super().save(commit)
