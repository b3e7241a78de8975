"""Google's Gemini API. Loads its library: import where the first call is made."""

from __future__ import annotations

from pydantic_ai.models.google import GoogleModel
from pydantic_ai.providers.google import GoogleProvider

from botarmy.llm import http
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.providers import PROVIDERS, Access


def open_model(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    connections = http.client(deadlines, heard)
    # Without `retry_options` its library makes each request once.
    provider = GoogleProvider(
        api_key=access.key or http.NO_KEY,
        base_url=access.address or PROVIDERS["google"].address,
        http_client=connections,
    )
    return OpenModel(GoogleModel(name, provider=provider), connections.aclose)
