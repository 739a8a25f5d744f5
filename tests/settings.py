"""Settings of the test run: our own, over a folder of its own for each worker.

``TEST_DATABASE_URL`` (or ``DATABASE_URL``) chooses the database, a SQLite file by default.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT_VARIABLE = "PORTAL_TEST_ROOT"

# The first process makes the folder; xdist's workers find its name in their environment.
if ROOT_VARIABLE not in os.environ:
    os.environ[ROOT_VARIABLE] = tempfile.mkdtemp(prefix="portal-tests-")
    atexit.register(shutil.rmtree, os.environ[ROOT_VARIABLE], ignore_errors=True)
root = Path(os.environ[ROOT_VARIABLE])
os.environ["VAR_DIR"] = str(root / os.environ.get("PYTEST_XDIST_WORKER", "main"))
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL") or os.environ.get(
    "DATABASE_URL", ""
)
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ["CACHE_URL"] = "locmemcache://"
os.environ["DEBUG"] = "0"
os.environ.pop("BASE_URL", None)
os.environ.pop("ALLOWED_HOSTS", None)

from contactcentre.settings import *  # noqa: E402, F403 - the environment stands first

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
