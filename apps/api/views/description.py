"""What the API says of itself."""

from __future__ import annotations

from drf_spectacular.views import SpectacularAPIView
from rest_framework.negotiation import DefaultContentNegotiation


class SchemaView(SpectacularAPIView):
    """OpenAPI in YAML, or in JSON for whoever asks for that (header or ``?format=json``)."""

    content_negotiation_class = DefaultContentNegotiation
