"""Addresses of live events; ``/events/`` itself is served before Django (``stream``)."""

from __future__ import annotations

from django.urls import path

from apps.live import views

app_name = "live"

urlpatterns = [
    path("", views.no_stream, name="stream"),
    path("poll/", views.poll, name="poll"),
]
