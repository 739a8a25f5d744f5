"""The portal's own settings, with the bare view beside its pages."""

from contactcentre.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.urls"
