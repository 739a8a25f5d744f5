"""Addresses of the customers' pages. None of them changes anything when it is fetched."""

from __future__ import annotations

from django.urls import path

from apps.helpcentre.views import answering, callbacks, entry, inside, preview

app_name = "helpcentre"

urlpatterns = [
    path("", entry.start, name="start"),
    path("code/", entry.code, name="code"),
    path("in/<str:token>/", entry.enter, name="enter"),
    path("over/", entry.over, name="over"),
    path("leave/", entry.leave, name="leave"),
    path("inquiries/over/", answering.over, name="inquiry_over"),
    path("inquiries/thanks/", answering.thanks, name="inquiry_thanks"),
    path("inquiries/<str:token>/", answering.inquiry, name="inquiry"),
    path("requests/", inside.requests, name="requests"),
    path("requests/<str:number>/", inside.request_page, name="request"),
    path("requests/<str:number>/write/", inside.write, name="write"),
    path("requests/<str:number>/works/", inside.works, name="works"),
    path("requests/<str:number>/not-yet/", inside.not_yet, name="not_yet"),
    path("requests/<str:number>/callback/", callbacks.book, name="callback"),
    path("requests/<str:number>/callback/<int:pk>/move/", callbacks.move, name="callback_move"),
    path(
        "requests/<str:number>/callback/<int:pk>/cancel/", callbacks.cancel, name="callback_cancel"
    ),
    path("requests/<str:number>/files/<int:pk>/", inside.file, name="file"),
    path("preview/<str:number>/", preview.preview, name="preview"),
    path("preview/<str:number>/turn/", preview.turn, name="turn"),
]
