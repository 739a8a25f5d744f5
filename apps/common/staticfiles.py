"""Static files under names that hold their hash, imports between ES modules included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """WhiteNoise's storage; our modules import each other, so their imports are rewritten too."""

    support_js_module_import_aggregation = True
