"""The administration of people and of how they come in."""

from importlib import import_module

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin  # noqa: F401 - registers groups, taken out below
from django.contrib.auth.models import Group

# Rights come from teams and roles, addresses and factors stand at the user, providers have a
# page that hides their secret: second places would mislead.
LIBRARIES = ("account", "mfa", "socialaccount", "usersessions")

admin.site.unregister(Group)
for label in LIBRARIES:
    import_module(f"allauth.{label}.admin")
    models = apps.get_app_config(label).get_models()
    admin.site.unregister([model for model in models if admin.site.is_registered(model)])

import_module("apps.accounts.admin.people")
import_module("apps.accounts.admin.signing_in")
