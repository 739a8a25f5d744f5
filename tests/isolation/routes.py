"""Every address of the URL conf, and whose object stands behind it.

The sweep fails for an address that is not classified here, so a new page cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from tests.isolation.world import World

MAIL = "quarantine, failed deliveries"
CANNED = "canned reply of a team"
CAMPAIGN = "return-visit campaign"
CASES = ("case of a team", "case without a team", "restricted case")


@dataclass(frozen=True)
class Route:
    """An address with an object: ``key`` is how its keyword is found in an object of the row.

    ``inside`` names further keywords that are found in it.
    """

    rows: tuple[str, ...]
    keyword: str
    of: str = "number"
    method: str = "get"
    needs: str = "read"
    data: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    inside: dict[str, str] = field(default_factory=dict)

    def kwargs(self, world: World, row: str) -> dict[str, Any]:
        """Fill the address for the object of a row."""
        inside = {name: find(world, row, what) for name, what in self.inside.items()}
        return {self.keyword: find(world, row, self.of), **self.extra, **inside}

    def body(self, world: World) -> dict[str, Any]:
        """Fill what is sent; a function is asked about the world."""
        given = self.data.items()
        return {name: one(world) if callable(one) else one for name, one in given}


def find(world: World, row: str, what: str) -> Any:
    """Return the number or key of a row's object, or of something inside it."""
    thing = world.objects[row]
    match what:
        case "number":
            return thing.number
        case "interaction":
            thing = thing.interactions.exclude(html="").get()
        case "note" | "aside":
            channel = "internal" if what == "note" else "email"
            thing = thing.interactions.get(channel=channel, visibility="internal")
        case "attachment":
            thing = thing.interactions.exclude(html="").get().attachments.get()
        case "promise":
            thing = thing.promises.get(kind="callback")
        case "inquiry":
            thing = thing.promises.get(kind="inquiry").inquiry
        case "preference" | "delivery":
            thing = world.objects[what]
        case "visit":
            thing = thing.visits.get()
    return thing.pk


def _case(method: str = "get", needs: str = "read", **data: Any) -> Route:
    return Route(CASES, "number", method=method, needs=needs, data=data)


def _press(**data: Any) -> Route:
    return _case("post", "write", **data)


def _promise(method: str = "get", needs: str = "read", **data: Any) -> Route:
    return Route(CASES, "pk", of="promise", method=method, needs=needs, data=data)


def _spare(world: World) -> str:
    """The number of a case that everybody may change, to merge others into."""
    return world.objects["spare"].number


def _visit(**data: Any) -> Route:
    return Route((CAMPAIGN,), "pk", of="visit", method="post", needs="write", data=data)


ASKED = {"name": "Crew", "text": "Well?", "due_at": "2090-01-01T09:30"}
FORWARDED = {"forward-key": "k", "forward-to": "maker@example.net", "forward-text": "Hm?"}
ROUTES: dict[str, list[Route]] = {
    "desk:case": [_case()],
    "desk:colleagues": [_case(), _case("post", "read", doing="typing")],
    "desk:reply": [_press(text="Hello", key="")],
    "desk:note": [_case("post", "read", text="Hello")],
    "desk:call": [_press(text="Spoke")],
    "desk:mentions": [_case()],
    "desk:uploads": [
        Route(CASES, "number", method="post", needs=needs, extra={"composer": composer})
        for composer, needs in (("reply", "write"), ("note", "read"))
    ],
    "desk:draft": [
        Route(CASES, "number", method="post", needs=needs, extra={"composer": composer})
        for composer, needs in (("reply", "write"), ("note", "read"))
    ],
    "desk:promise_draft": [
        Route(CASES, "pk", of="promise", method="post", needs="write", extra={"page": page})
        for page in ("attempt", "shift")
    ],
    "desk:pick_canned": [_case(needs="write")],
    "desk:edit_canned": [
        Route((CANNED,), "pk", of="pk", needs="lead"),
        Route((CANNED,), "pk", of="pk", method="post", needs="lead"),
    ],
    "desk:canned_draft": [Route((CANNED,), "pk", of="pk", method="post", needs="lead")],
    "desk:delete_canned": [Route((CANNED,), "pk", of="pk", method="post", needs="lead")],
    "api:cannedreply-detail": [
        Route((CANNED,), "pk", of="pk"),
        Route((CANNED,), "pk", of="pk", method="patch", needs="lead", data={"name": "Known"}),
        Route((CANNED,), "pk", of="pk", method="delete", needs="lead"),
    ],
    "desk:promise": [_case(needs="write"), _press(kind="test", when="60", zone="UTC")],
    **{
        f"desk:{deed}_promise": [
            Route(CASES, "pk", of="promise", method="post", needs="write", data=data)
        ]
        for deed, data in {
            "keep": {},
            "reopen": {},
            "move": {"when": "60", "zone": "UTC", "consent": "By phone"},
            "withdraw": {"reason": "Zealous"},
            "give": {},
            "attempt": {"outcome": "busy", "zone": "UTC"},
        }.items()
    },
    "desk:take": [_press()],
    "desk:send_status_link": [_press()],
    "helpcentre:preview": [_case()],
    "helpcentre:turn": [_case(needs="write"), _press()],
    "desk:take_callback": [_promise("post", "write")],
    "desk:attempt": [_promise("post", "write", outcome="busy")],
    "desk:keep_callback": [_promise("post", "write")],
    "desk:undo_callback": [_promise("post", "write")],
    "desk:move_callback": [
        _promise(needs="write"),
        _promise("post", "write", consent="by phone"),
    ],
    "desk:promise_ics": [_promise()],
    "desk:assign": [_press()],
    "desk:remember": [_case(needs="write"), _press(text="Likes tea.", kind="other")],
    # of the person who is asked; whoever else may change the case may withdraw
    "desk:handover": [
        Route(CASES, "number", method="post", needs="write", extra={"deed": "withdraw"})
    ],
    "desk:resolve": [_press()],
    "desk:confirm": [_press()],
    "desk:close": [_case(needs="write"), _press()],
    "desk:reopen": [_press()],
    "desk:edit": [_case(needs="write"), _press()],
    "desk:ask": [_case(needs="write"), _press(**ASKED)],
    "desk:estimate": [_case(needs="write"), _press(restored_at="2090-01-01T09:30")],
    "desk:senior": [_case(needs="write"), _press(reason="Asked twice")],
    "desk:answer_inquiry": [
        Route(CASES, "pk", of="inquiry", needs="write"),
        Route(CASES, "pk", of="inquiry", method="post", needs="write", data={"text": "Soon"}),
    ],
    "desk:campaign": [Route((CAMPAIGN,), "pk", of="pk")],
    "desk:campaign_csv": [Route((CAMPAIGN,), "pk", of="pk")],
    "desk:end_campaign": [Route((CAMPAIGN,), "pk", of="pk", method="post", needs="lead")],
    "desk:finish_visit": [_visit(outcome="happy")],
    "desk:attempt_visit": [_visit(outcome="busy")],
    "api:campaign-detail": [Route((CAMPAIGN,), "pk", of="pk")],
    "api:campaign-end": [Route((CAMPAIGN,), "pk", of="pk", method="post", needs="lead")],
    "api:campaign-report": [Route((CAMPAIGN,), "pk", of="pk")],
    "api:inquiries": [
        _case(),
        _case("post", "write", name="Crew", question="Well?", due_at="2090-01-01T09:30:00Z"),
    ],
    "api:inquiry-answer": [replace(_press(answer="Soon"), inside={"pk": "inquiry"})],
    "api:estimates": [_case(), _case("post", "write", restored_at="2090-01-01T09:30:00Z")],
    "desk:restrict": [_case(needs="lead"), _case("post", "lead")],
    "desk:follow": [_case("post", "read")],
    "desk:interaction": [
        Route(CASES, "pk", of="interaction"),
        Route(CASES, "pk", of="note"),
    ],
    "desk:promote": [Route(CASES, "pk", of="aside", method="post", needs="write")],
    "desk:merge": [_case(needs="write"), _press(number=_spare)],
    "desk:unmerge": [_press()],
    "desk:split": [_case(needs="write"), _press(interactions=[1])],
    "desk:participants": [_case(needs="write"), _press(address="maker@example.net")],
    "desk:forward": [_case(needs="write"), _press(**FORWARDED)],
    "desk:screen": [
        Route(CASES, "number", method="post", needs="write", extra={"deed": deed})
        for deed in ("spam", "not-spam", "block", "unblock")
    ],
    "desk:undo": [Route((MAIL,), "pk", of="delivery", method="post")],
    "desk:interaction_html": [
        Route(CASES, "pk", of="interaction"),
        Route(CASES, "pk", of="interaction", method="post"),
    ],
    "desk:attachment": [Route(CASES, "pk", of="attachment")],
    "desk:merge_customer": [
        Route(
            ("customer",),
            "pk",
            of="pk",
            method="post",
            needs="identities",
            data={"other": lambda world: world.objects["spare"].customer_id},
        )
    ],
    "desk:unmerge_customer": [
        Route(("customer",), "pk", of="pk", method="post", needs="identities")
    ],
    "desk:remember_customer": [
        Route(("customer",), "pk", of="pk", needs="keep"),
        Route(
            ("customer",),
            "pk",
            of="pk",
            method="post",
            needs="keep",
            data={"text": "Likes tea.", "kind": "other"},
        ),
    ],
    "desk:customer_draft": [Route(("customer",), "pk", of="pk", method="post", needs="keep")],
    "desk:preference": [
        Route(
            ("customer",), "pk", of="preference", method="post", needs="keep", extra={"deed": deed}
        )
        for deed in ("confirm", "retire")
    ],
    "desk:customer": [Route(("customer",), "pk", of="pk")],
    "desk:input": [Route((MAIL,), "pk", of="pk", needs="lead")],
    "desk:raw_input": [Route((MAIL,), "pk", of="pk")],
    "desk:retry_input": [Route((MAIL,), "pk", of="pk", method="post")],
    "desk:set_aside": [Route((MAIL,), "pk", of="pk", method="post")],
    "desk:delivery": [
        Route((MAIL,), "pk", of="delivery", method="post", extra={"deed": deed})
        for deed in ("retry", "cancel", "settle")
    ],
    "api:customer-detail": [
        Route(("customer",), "pk", of="pk"),
        Route(("customer",), "pk", of="pk", method="patch", needs="identities"),
    ],
    "api:case-detail": [_case(), _case("patch", "write")],
    "api:case-assign": [_press(owner="member")],
    "api:case-resolve": [_press()],
    "api:case-close": [_press()],
    "api:case-reopen": [_press()],
    "api:case-merge": [_press(into=_spare)],
    "api:case-unmerge": [_press()],
    "api:case-split": [_press(interactions=[1])],
    "api:customer-merge": [
        Route(
            ("customer",),
            "pk",
            of="pk",
            method="post",
            needs="identities",
            data={"into": lambda world: world.objects["spare"].customer_id},
        )
    ],
    "api:customer-preferences": [
        Route(("customer",), "pk", of="pk", needs="identities"),
        Route(
            ("customer",),
            "pk",
            of="pk",
            method="post",
            needs="keep",
            data={"text": "Likes tea.", "kind": "other"},
        ),
    ],
    "api:preference-confirm": [
        Route(("customer",), "pk", of="preference", method="post", needs="keep")
    ],
    "api:preference-retire": [
        Route(("customer",), "pk", of="preference", method="post", needs="keep")
    ],
    "api:customer-unmerge": [
        Route(("customer",), "pk", of="pk", method="post", needs="identities")
    ],
    "api:interactions": [
        _case(),
        _case("post", "write", channel="phone", direction="outbound", body="Hi"),
    ],
    "api:events": [_case()],
    "api:promise-detail": [_promise()],
    "api:promise-keep": [_promise("post", "write")],
    "api:promise-renegotiate": [_promise("post", "write", in_minutes=90, consent="Said so")],
    "api:promise-withdraw": [_promise("post", "write", reason="They came by")],
    "api:attempts": [_promise(), _promise("post", "write", outcome="busy")],
    "api:attachment": [Route(CASES, "pk", of="attachment")],
    "api:raw": [Route((MAIL,), "pk", of="pk")],
}

# Pages without an object: what they list must hold no secret of somebody else.
LISTS: dict[str, list[str]] = {
    "desk:home": [""],
    "desk:today": [""],
    "desk:promises": ["", "?tab=team", "?tab=missed", "?range=week", "?kind=first_reply"],
    "desk:inbox": ["", "?tab=team", "?tab=unassigned", "?queue=team", "?queue=unassigned"],
    "desk:search": ["?q=word", "?q=About", "?q=Hush", "?q=Customer", "?q=kind:help", "?q=cleo"],
    "desk:customers": ["", "?q=c", "?q=zebra", "?after=999999"],
    "desk:canned": [""],
    "desk:palette": ["?q=About", "?q=Customer", "?q=cleo", "?q=CC-000001"],
    "desk:attention": [""],
    "desk:accounts": [""],
    "desk:spam": [""],
    "desk:notifications": ["", "?show=unread"],
    "desk:profile": [""],
    "desk:who_can_help": ["", "?q=Lamps", "?case=CC-000001"],
    **{name: [""] for name in ("desk:strip", "account_sessions")},
    "desk:campaigns": [""],
    "api:campaign-list": ["", "?ordering=-due_at"],
    "api:customer-list": ["", "?q=c", "?identity=email:zebra-address@example.org", "?q=zebra"],
    "api:cannedreply-list": [""],
    "api:team-list": [""],
    "api:notification-list": ["", "?unread=true"],
    "api:promise-list": [
        *("", "?owed=true", "?ordering=-due_at", "?state=open", "?state=broken", "?owner=none"),
        *("?owner=superuser", "?case=CC-000001", "?due_before=2100-01-01T00:00:00Z&limit=1"),
    ],
    "api:case-list": ["", "?q=word", "?ordering=opened_at", "?status=new", "?channel=email"],
}

# For everybody, or with no object of anybody; the inbound door has a test of its own, as have
# the press for many rows, the rules on senders, a writer's own uploads, a person's own
# notifications and new cases.
OPEN = {
    "healthz", "readyz", "account_login", "account_logout", "account_inactive",
    "account_reauthenticate", "account_change_password", "schema", "docs",
    "desk:theme", "desk:language", "desk:bulk", "desk:forget_rule", "api:-",
    "api:inbound", "channels:webhook", "desk:upload",
    "desk:new_canned", "desk:page_draft",
    "desk:uikit", "desk:forget_search", "desk:forget_searches",
    "desk:new_campaign",  # tests/desk/test_campaigns.py
    "desk:read_notification", "desk:read_notifications", "desk:desktop", "desk:notification_wish",
    "api:team-detail",  # tests/api/test_teams.py
    "api:me", "api:wish", "api:absence-list", "api:absence-detail",  # tests/api/test_me.py
    "api:notification-read-one", "api:notification-read-all",
    "desk:new_case", "desk:begin", "desk:begin_uploads", "desk:begin_draft",
    "desk:begin_canned",
    "desk:add_skill", "desk:drop_skill",  # one's own: tests/desk/test_helping.py
    "desk:confirm_skill",  # for leads of the person: tests/desk/test_helping.py
    # tests/desk/test_callbacks.py
    "desk:plan_callback", "desk:subscription", "desk:calendar_feed",
    "desk:presence", "desk:add_absence", "desk:remove_absence", "desk:people", "desk:invitation",
    "account_invitation", "account_invitation_link", "account_end_session", "account_end_sessions",
    "account_reset_password", "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "openid_connect_login", "openid_connect_callback",
    "socialaccount_login_cancelled", "socialaccount_login_error",
    "mfa_index", "mfa_authenticate", "mfa_reauthenticate", "mfa_activate_totp",
    "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    "mfa_login_webauthn",
    # the customers' pages are swept in tests/isolation/test_customers.py
    "helpcentre:start", "helpcentre:code", "helpcentre:enter", "helpcentre:over",
    "helpcentre:leave", "helpcentre:requests", "helpcentre:request", "helpcentre:write",
    "helpcentre:works", "helpcentre:not_yet", "helpcentre:file",
    "helpcentre:callback", "helpcentre:callback_move", "helpcentre:callback_cancel",
    # who holds the link of a question, tests/helpcentre/test_answering.py
    "helpcentre:inquiry", "helpcentre:inquiry_over", "helpcentre:inquiry_thanks",
    "live:stream", "live:poll",  # swept in tests/stream/test_who_hears.py
}  # fmt: skip


def all_names() -> set[str]:
    """Return the name of every address outside the admin, with its namespace."""
    return {name for name in _walk(get_resolver(), ()) if not name.startswith("admin:")}


def admin_paths() -> list[str]:
    """Return every address of the admin that takes no key."""
    from django.contrib import admin
    from django.urls import reverse

    paths = [reverse("admin:index")]
    for model in admin.site._registry:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        paths += [reverse(f"{base}_changelist"), reverse(f"{base}_add")]
    return paths


def _walk(resolver: URLResolver, namespaces: tuple[str, ...]) -> Iterator[str]:
    for one in resolver.url_patterns:
        if isinstance(one, URLPattern):
            yield ":".join([*namespaces, one.name or "-"])
        else:
            inner = (*namespaces, one.namespace) if one.namespace else namespaces
            yield from _walk(one, inner)
