"""Addresses under /accounts/. There is no sign-up form, so sign-up and its mails have none."""

from __future__ import annotations

from allauth.account import views as account
from allauth.socialaccount import views as social
from django.urls import include, path, re_path

from apps.accounts import views

urlpatterns = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("invitation/", views.invitation, name="account_invitation"),
    path("invitation/<str:token>/", views.invitation_link, name="account_invitation_link"),
    path("sessions/", views.session_list, name="account_sessions"),
    path("sessions/end/", views.end_other_sessions, name="account_end_sessions"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_end_session"),
    path("2fa/", include("allauth.mfa.urls")),
    path("provider/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", social.login_error, name="socialaccount_login_error"),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
