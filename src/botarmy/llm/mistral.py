"""Mistral. Loads its library: import where the first call is made."""

from __future__ import annotations

from mistralai.client import Mistral
from pydantic_ai.models.mistral import MistralModel
from pydantic_ai.providers.mistral import MistralProvider

from botarmy.llm import http
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.providers import PROVIDERS, Access


def open_model(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    connections = http.client(deadlines, heard)
    client = Mistral(
        api_key=access.key or http.NO_KEY,
        server_url=access.address or PROVIDERS["mistral"].address,
        async_client=connections,
        retry_config=None,  # its own retries are silent: a person would wait without a word
    )
    return OpenModel(MistralModel(name, provider=MistralProvider(mistral_client=client)), connections.aclose)
