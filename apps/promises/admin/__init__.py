"""The administration of calendars and service levels."""

from importlib import import_module

import_module("apps.promises.admin.calendars")
import_module("apps.promises.admin.levels")
