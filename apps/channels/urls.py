"""Addresses of doors. Mailgun posts raw MIME only where the address ends in ``mime``."""

from __future__ import annotations

from django.urls import path

from apps.channels.views import webhook

app_name = "channels"

urlpatterns = [path("hooks/<str:channel>/<str:account>/mime", webhook, name="webhook")]
