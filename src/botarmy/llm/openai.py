"""OpenAI, and every server that speaks its API. Loads the model library: import where the first call is made."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from openai import AsyncOpenAI
from pydantic_ai.models.ollama import OllamaModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.models.openrouter import OpenRouterModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.ollama import OllamaProvider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.providers.openrouter import OpenRouterProvider

from botarmy.domain.errors import DomainError
from botarmy.llm import http
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.ollama import api_address
from botarmy.llm.providers import PROVIDERS, Access

_NEWER: Final = re.compile(r"(.*/)?(gpt-[5-9]|o[1-9])")
"""OpenAI's models that refuse the older name of the bound of an answer, wherever they are reached; other servers often
know that name alone."""
OWN_ADDRESS: Final = PROVIDERS["openai"].address


def open_chat(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    client = _client(access, access.address or OWN_ADDRESS, deadlines, heard)
    profile = _profile(_is_own(client) or bool(_NEWER.match(name)))
    return OpenModel(OpenAIChatModel(name, provider=_provider(client), profile=profile), client.close)


def open_responses(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    client = _client(access, access.address or OWN_ADDRESS, deadlines, heard)
    return OpenModel(OpenAIResponsesModel(name, provider=_provider(client)), client.close)


def open_openrouter(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    """Raises DomainError `model_unknown` for a name without its maker."""
    if "/" not in name.strip("/"):
        raise DomainError("model_unknown", detail=f"{name!r} does not begin with its maker, such as openai/")
    client = _client(access, access.address or PROVIDERS["openrouter"].address, deadlines, heard)
    model = OpenRouterModel(name, provider=OpenRouterProvider(openai_client=client), profile=_profile(True))
    return OpenModel(model, client.close)


def open_ollama(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    address = api_address(access.address or PROVIDERS["ollama"].address)
    client = _client(access, address, deadlines, heard)
    model = OllamaModel(name, provider=OllamaProvider(openai_client=client), profile=_profile(False))
    return OpenModel(model, client.close)


def _profile(newer: bool) -> OpenAIModelProfile:
    """`newer`: whether the bound of an answer goes by its newer name."""
    return OpenAIModelProfile(
        # Without this a stream that breaks off between two pieces passes for a whole answer.
        openai_chat_streaming_requires_finish_reason=True,
        openai_chat_supports_max_completion_tokens=newer,
    )


def _client(access: Access, address: str, deadlines: Deadlines, heard: Heard) -> AsyncOpenAI:
    return AsyncOpenAI(
        api_key=access.key or http.NO_KEY,
        base_url=address,
        max_retries=0,  # its own retries are silent: a person would wait without a word
        timeout=http.timeout_of(deadlines),
        http_client=http.client(deadlines, heard),
    )


def _provider(client: AsyncOpenAI) -> Provider[AsyncOpenAI]:
    if _is_own(client):
        return OpenAIProvider(openai_client=client)
    return OpenAICompatibleProvider("compatible", openai_client=client)


def _is_own(client: AsyncOpenAI) -> bool:
    return urlsplit(str(client.base_url)).hostname == urlsplit(OWN_ADDRESS).hostname
