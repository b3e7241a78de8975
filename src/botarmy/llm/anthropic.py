"""Anthropic. Loads its library: import where the first call is made."""

from __future__ import annotations

from anthropic import AsyncAnthropic
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.providers.anthropic import AnthropicProvider

from botarmy.llm import http
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.providers import PROVIDERS, Access


def open_model(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    client = AsyncAnthropic(
        api_key=access.key or http.NO_KEY,
        base_url=access.address or PROVIDERS["anthropic"].address,
        max_retries=0,  # its own retries are silent: a person would wait without a word
        timeout=http.timeout_of(deadlines),
        http_client=http.client(deadlines, heard),
    )
    return OpenModel(AnthropicModel(name, provider=AnthropicProvider(anthropic_client=client)), client.close)
