"""Groq. Loads its library, which brings an HTTP client of its own: import where the first call is made."""

from __future__ import annotations

import httpx
from groq import AsyncGroq
from pydantic_ai.models.groq import GroqModel
from pydantic_ai.providers.groq import GroqProvider

from botarmy.llm import http
from botarmy.llm.models import Deadlines, Heard, OpenModel
from botarmy.llm.providers import PROVIDERS, Access


def open_model(name: str, access: Access, deadlines: Deadlines, heard: Heard) -> OpenModel:
    timeout = httpx.Timeout(deadlines.whole, connect=deadlines.connect)

    async def hear(response: httpx.Response) -> None:
        heard(response.headers)

    client = AsyncGroq(
        api_key=access.key or http.NO_KEY,
        base_url=access.address or PROVIDERS["groq"].address,
        max_retries=0,  # its own retries are silent: a person would wait without a word
        timeout=timeout,
        http_client=httpx.AsyncClient(timeout=timeout, event_hooks={"response": [hear]}),
    )
    return OpenModel(GroqModel(name, provider=GroqProvider(groq_client=client)), client.close)
