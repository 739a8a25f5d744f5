from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.accounts import links
from apps.accounts.domain import invite, resend_invitation, revoke_invitation
from apps.accounts.errors import AccountError
from apps.accounts.forms import InvitationForm, ProviderForm
from apps.accounts.models import IdentityProvider, Invitation, SignInPolicy, User
from apps.common.admin import BoundedAdmin, HistoryAdmin


@admin.register(SignInPolicy)
class SignInPolicyAdmin(HistoryAdmin):
    list_display = (
        "__str__",
        "leads_need_second_factor",
        "superusers_need_second_factor",
        "invitation_days",
    )
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "leads_need_second_factor",
                    "superusers_need_second_factor",
                    "invitation_days",
                ),
                "description": _(
                    "Whoever needs a second factor and has none sets one up at the next log-in,"
                    " or within five minutes where they are logged in. A team may require it of"
                    " all its members: see the team."
                ),
            },
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not SignInPolicy.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(IdentityProvider)
class IdentityProviderAdmin(HistoryAdmin):
    form = ProviderForm
    list_display = ("name", "slug", "issuer", "is_enabled")
    list_filter = ("is_enabled",)
    search_fields = ("name", "slug", "issuer")
    autocomplete_fields = ("sign_up_team",)
    readonly_fields = ("callback",)
    fieldsets = (
        (None, {"fields": ("name", "slug", "is_enabled", "callback")}),
        (
            _("At the provider"),
            {"fields": ("issuer", "client_id", "new_secret", "trusts_addresses")},
        ),
        (
            _("Who may come in"),
            {
                "fields": ("sign_up_domains", "sign_up_team"),
                "description": _(
                    "Whoever has an account with the same confirmed address comes in, and so"
                    " does whoever is invited. A second factor that is required here is asked"
                    " for all the same."
                ),
            },
        ),
    )

    @admin.display(description=_("redirect address to enter at the provider"))
    def callback(self, provider: IdentityProvider) -> str:
        if not provider.slug:
            return gettext("Shown once saved.")
        return links.absolute("openid_connect_callback", provider_id=provider.slug)


@admin.register(Invitation)
class InvitationAdmin(BoundedAdmin):
    form = InvitationForm
    list_display = ("email", "team", "role", "invited_by", "sent_at", "expires_at", "state")
    list_filter = ("team", "role")
    list_select_related = ("team", "invited_by")
    search_fields = ("email",)
    autocomplete_fields = ("team",)
    actions = ("send_again", "revoke")

    @admin.display(description=_("state"))
    def state(self, invitation: Invitation) -> str:
        if invitation.accepted_at:
            return gettext("accepted")
        if invitation.revoked_at:
            return gettext("revoked")
        return gettext("expired") if invitation.is_expired else gettext("open")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)

    def add_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Tell why nobody could be invited, instead of an error."""
        try:
            answer: HttpResponse = super().add_view(request, *args, **kwargs)
        except AccountError as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
            return redirect(request.path)
        return answer

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Invite by the verb that the desk uses."""
        made = invite(actor=cast("User", request.user), **form.cleaned_data)
        obj.pk = made.pk

    @admin.action(description=_("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        self._each(request, chosen, resend_invitation)

    @admin.action(description=_("Revoke"), permissions=["change"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Invitation]) -> None:
        self._each(request, chosen, revoke_invitation)

    def _each(self, request: HttpRequest, chosen: QuerySet[Invitation], verb: Any) -> None:
        for invitation in chosen:
            try:
                verb(invitation_id=invitation.pk, actor=request.user)
            except AccountError as refusal:
                self.message_user(request, f"{invitation}: {refusal}", messages.WARNING)
            else:
                self.message_user(request, gettext("%(who)s: done.") % {"who": invitation})
