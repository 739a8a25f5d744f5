"""The door for a WSGI server, where one is preferred."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcentre.settings")

application = get_wsgi_application()
