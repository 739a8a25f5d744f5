"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from apps.desk.views import (
    actions,
    attention,
    cases,
    composing,
    customers,
    files,
    inbox,
    interactions,
    mailing,
    newcase,
    people,
    search,
    spam,
    uploads,
)

app_name = "desk"

urlpatterns = [
    path("", inbox.home, name="home"),
    path("desk/inbox/", inbox.inbox, name="inbox"),
    path("desk/search/", search.search, name="search"),
    path("desk/cases/new/", newcase.new_case, name="new_case"),
    path("desk/cases/<str:number>/", cases.case, name="case"),
    path("desk/cases/<str:number>/reply/", composing.reply, name="reply"),
    path("desk/cases/<str:number>/note/", composing.note, name="note"),
    path("desk/cases/<str:number>/call/", composing.call, name="call"),
    path("desk/cases/<str:number>/uploads/<str:composer>/", uploads.add, name="uploads"),
    path("desk/uploads/<int:pk>/", uploads.show, name="upload"),
    path("desk/cases/<str:number>/forward/", mailing.forward, name="forward"),
    path("desk/cases/<str:number>/screen/<str:deed>/", mailing.screen, name="screen"),
    path("desk/cases/<str:number>/take/", actions.take, name="take"),
    path("desk/cases/<str:number>/assign/", actions.assign, name="assign"),
    path("desk/cases/<str:number>/resolve/", actions.resolve, name="resolve"),
    path("desk/cases/<str:number>/confirm/", actions.confirm, name="confirm"),
    path("desk/cases/<str:number>/close/", actions.close, name="close"),
    path("desk/cases/<str:number>/reopen/", actions.reopen, name="reopen"),
    path("desk/cases/<str:number>/edit/", actions.edit, name="edit"),
    path("desk/cases/<str:number>/restrict/", actions.restrict, name="restrict"),
    path("desk/cases/<str:number>/follow/", actions.follow, name="follow"),
    path("desk/interactions/<int:pk>/", interactions.interaction, name="interaction"),
    path("desk/interactions/<int:pk>/html/", interactions.html, name="interaction_html"),
    path("desk/interactions/<int:pk>/promote/", mailing.promote, name="promote"),
    path("desk/attachments/<int:pk>/", files.attachment, name="attachment"),
    path("desk/attention/", attention.attention, name="attention"),
    path("desk/inputs/<int:pk>/", interactions.source, name="input"),
    path("desk/inputs/<int:pk>/raw/", files.raw_input, name="raw_input"),
    path("desk/attention/bulk/", attention.bulk, name="bulk"),
    path("desk/accounts/", attention.accounts, name="accounts"),
    path("desk/inputs/<int:pk>/retry/", attention.retry_input, name="retry_input"),
    path("desk/inputs/<int:pk>/set-aside/", attention.set_aside, name="set_aside"),
    path("desk/spam/", spam.spam, name="spam"),
    path("desk/spam/senders/<int:pk>/remove/", spam.forget_rule, name="forget_rule"),
    path("desk/deliveries/<int:pk>/undo/", mailing.undo, name="undo"),
    path("desk/deliveries/<int:pk>/<str:deed>/", attention.delivery, name="delivery"),
    path("desk/customers/<int:pk>/", customers.customer, name="customer"),
    path("desk/profile/", people.profile, name="profile"),
    path("desk/theme/", people.theme, name="theme"),
    path("desk/language/", people.language, name="language"),
]
