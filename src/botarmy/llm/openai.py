"""OpenAI, and every server that speaks its API. Loads the model library: import where the first call is made."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

import httpx2
from openai import AsyncOpenAI
from pydantic_ai.models import create_async_httpx2_client
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers import Provider
from pydantic_ai.providers.openai import OpenAIProvider
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

from botarmy.llm.models import Access, Deadlines, Heard, OpenModel

OWN_ADDRESS: Final = "https://api.openai.com/v1"
_NEWER: Final = re.compile(r"(.*/)?(gpt-[5-9]|o[1-9])")
"""OpenAI's models that refuse the older name of the bound of an answer, wherever they are reached; other servers often
know that name alone."""
NO_KEY: Final = "no-key"
"""The library insists on a key where a local server wants none."""


def open_chat(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    client = _client(access, deadlines, heard)
    profile = OpenAIModelProfile(
        # Without this a stream that breaks off between two pieces passes for a whole answer.
        openai_chat_streaming_requires_finish_reason=True,
        openai_chat_supports_max_completion_tokens=_is_own(client) or bool(_NEWER.match(name)),
    )
    model = OpenAIChatModel(name, provider=_provider(client), profile=profile)
    return OpenModel(model, client.close)


def open_responses(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    client = _client(access, deadlines, heard)
    model = OpenAIResponsesModel(name, provider=_provider(client))
    return OpenModel(model, client.close)


def _client(access: Access, deadlines: Deadlines, heard: Heard) -> AsyncOpenAI:
    # Of the other deadlines the conversation takes care: here a server's comments would put them off.
    timeout = httpx2.Timeout(deadlines.whole, connect=deadlines.connect)
    return AsyncOpenAI(
        api_key=access.key or NO_KEY,
        base_url=access.address or OWN_ADDRESS,
        max_retries=0,  # its own retries are silent: a person would wait without a word
        timeout=timeout,
        http_client=_heard_client(timeout, heard),
    )


def _heard_client(timeout: httpx2.Timeout, heard: Heard) -> httpx2.AsyncClient:
    async def hear(response: httpx2.Response) -> None:
        heard(response.headers)

    client = create_async_httpx2_client(timeout=timeout)
    client.event_hooks = {"response": [hear]}
    return client


def _provider(client: AsyncOpenAI) -> Provider[AsyncOpenAI]:
    if _is_own(client):
        return OpenAIProvider(openai_client=client)
    return OpenAICompatibleProvider("compatible", openai_client=client)


def _is_own(client: AsyncOpenAI) -> bool:
    return urlsplit(str(client.base_url)).hostname == urlsplit(OWN_ADDRESS).hostname
