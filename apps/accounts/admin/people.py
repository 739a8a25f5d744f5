from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from apps.accounts.domain import second_factor, sessions
from apps.accounts.models import Absence, Membership, PersonSkill, Skill, Team, User
from apps.common.admin import HistoryAdmin

if TYPE_CHECKING:
    PasswordAdmin = DjangoUserAdmin[User]
else:  # Django's own admin takes no type at run time
    PasswordAdmin = DjangoUserAdmin

OWN_KEYS = ("is_active", "is_staff", "is_superuser")


class AbsenceInline(TabularInline):
    model = Absence
    extra = 0


class PersonSkillInline(TabularInline):
    model = PersonSkill
    extra = 0
    fk_name = "user"
    autocomplete_fields = ("skill",)
    fields = ("skill", "level", "since", "expires_on", "confirmed_by")
    readonly_fields = ("confirmed_by",)


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ("user", "team")


@admin.register(User)
class UserAdmin(HistoryAdmin, PasswordAdmin):
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "display_name", "email", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser", "teams", "language")
    search_fields = ("username", "display_name", "first_name", "last_name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    inlines = (MembershipInline, PersonSkillInline, AbsenceInline)
    readonly_fields = ("presence", "last_login", "date_joined")
    actions = ("deactivate", "activate", "remove_second_factor", "log_out")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("display_name", "first_name", "last_name", "email")}),
        (
            _("Preferences"),
            {"fields": ("language", "timezone", "theme", "signature", "keyboard_shortcuts")},
        ),
        (_("Work"), {"fields": ("presence", "working_hours", "capacity")}),
        (
            _("Access"),
            {
                "fields": OWN_KEYS,
                "description": _(
                    "Who leaves is deactivated and never deleted, so that their answers keep "
                    "their name. A superuser sees every case; a superuser who is staff may also "
                    "use this administration."
                ),
            },
        ),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets: Any = (
        (
            None,
            {"fields": ("username", "display_name", "password1", "password2")},
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody locks themselves out, and only superusers hand out keys."""
        fields = list(super().get_readonly_fields(request, obj))
        if obj == request.user or not request.user.is_superuser:
            fields += OWN_KEYS
        return fields

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Deactivate: no log-in, no token"), permissions=["change"])
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users.exclude(pk=request.user.pk or 0), active=False)

    @admin.action(description=_("Activate"), permissions=["change"])
    def activate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=True)

    @admin.action(
        description=_("Remove the second factor: lost phone or key"), permissions=["change"]
    )
    def remove_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Log them out as well, so that nobody goes on who holds what was lost."""
        for user in users:
            second_factor.remove(user=user)
            sessions.end_sessions(user=user)
        self.message_user(request, gettext("Removed: from now on the password is enough."))

    @admin.action(description=_("Log out everywhere"), permissions=["change"])
    def log_out(self, request: HttpRequest, users: QuerySet[User]) -> None:
        for user in users:
            sessions.end_sessions(user=user)
        self.message_user(request, gettext("Logged out everywhere."))

    def _set_active(self, request: HttpRequest, users: QuerySet[User], *, active: bool) -> None:
        changed = list(users.exclude(is_active=active))
        for user in changed:  # one by one, so that each change stands in the history
            user.is_active = active
            user.save(update_fields=["is_active"])
        done = ngettext("%(count)d person changed.", "%(count)d people changed.", len(changed))
        level = messages.SUCCESS if changed else messages.WARNING
        self.message_user(request, done % {"count": len(changed)}, level)


@admin.register(Team)
class TeamAdmin(HistoryAdmin):
    list_display = ("name", "size", "assignment_rule", "requires_second_factor")
    search_fields = ("name",)
    fieldsets = (
        (None, {"fields": ("name", "requires_second_factor")}),
        (_("Assignment"), {"fields": ("assignment_rule", "assignment_fallback")}),
    )
    inlines = (MembershipInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams: QuerySet[Team] = super().get_queryset(request)
        return teams.annotate(size=Count("memberships"))

    @admin.display(description=_("members"), ordering="size")
    def size(self, team: Team) -> str:
        return str(getattr(team, "size", 0))


@admin.register(Membership)
class MembershipAdmin(HistoryAdmin):
    list_display = ("user", "team", "role")
    list_filter = ("team", "role")
    list_select_related = ("user", "team")
    search_fields = ("user__username", "user__display_name", "team__name")
    autocomplete_fields = ("user", "team")


@admin.register(Skill)
class SkillAdmin(HistoryAdmin):
    """What people can choose from in their profile; who has it stands at the person."""

    list_display = ("name", "name_zh", "known_by")
    search_fields = ("name", "name_zh")
    search_help_text = _("A word of the name in either language.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        skills: QuerySet[Skill] = super().get_queryset(request)
        return skills.annotate(known_by=Count("people"))

    @admin.display(description=_("people"), ordering="known_by")
    def known_by(self, skill: Skill) -> int:
        return int(getattr(skill, "known_by", 0))
