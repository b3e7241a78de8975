"""Whether a provider can be used: looked up where that costs nothing, or tried with one tiny call."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from importlib import import_module
from time import monotonic
from typing import Final

import anyio.to_thread
import httpx2

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Models
from botarmy.llm.patience import LASTING
from botarmy.llm.providers import Access, Provider

LOOK_SECONDS: Final = 5.0
TRY_TOKENS: Final = 64
"""Of the answer to a trial; models that think first spend them on that, which is an answer too."""
TRIAL: Final = "Answer with the one word: ready"
_CODES: Final = {401: "model_rejected_key", 403: "model_rejected_key", 429: LASTING["model_rate_limited"]}
_FURTHER_HEADERS: Final = {"x-api-key": {"anthropic-version": "2023-06-01"}}


async def look(provider: Provider, env: Mapping[str, str], client: httpx2.AsyncClient) -> bool:
    """Ask for the provider's list of models. False where it has none that is free to ask for.

    Raises DomainError with what is wrong.
    """
    access = provider.access(env)
    base = access.address or provider.address
    if not (provider.listing and base):
        return False
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            response = await client.get(base.rstrip("/") + provider.listing, headers=_headers(provider, access))
    except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError) as error:
        raise DomainError("model_stayed_unreachable", detail=type(error).__name__) from error
    if response.status_code in _CODES:
        raise DomainError(_CODES[response.status_code])
    if response.status_code >= 500:
        raise DomainError("model_unavailable")
    # Some compatible servers have no such list; that one answered at all is what could be found out.
    return True


def _headers(provider: Provider, access: Access) -> Mapping[str, str]:
    if access.key is None:
        return {}
    key = f"Bearer {access.key}" if provider.key_header == "authorization" else access.key
    return {provider.key_header: key, **_FURTHER_HEADERS.get(provider.key_header, {})}


async def attempt(models: Models, model: str) -> float:
    """Have a model answer a few words; returns after how many seconds it had.

    Raises DomainError with what is wrong.
    """
    opened = await models.open(model)
    # Loading the library takes a second or two: not on the event loop.
    await anyio.to_thread.run_sync(import_module, "botarmy.llm.errors")
    from pydantic_ai import ModelRequest  # noqa: PLC0415 — loads the model library
    from pydantic_ai.direct import model_request_stream  # noqa: PLC0415 — the same

    from botarmy.llm.errors import translate  # noqa: PLC0415 — the same

    began = monotonic()
    try:
        async with asyncio.timeout(models.deadlines.first_token):
            question = [ModelRequest.user_text_prompt(TRIAL)]
            async with model_request_stream(opened, question, model_settings={"max_tokens": TRY_TOKENS}) as stream:
                async for _ in stream:
                    pass
    except TimeoutError as error:
        raise DomainError("model_timeout") from error
    except Exception as error:
        failure = translate(error, models.redact)
        if failure is None:
            raise
        raise DomainError(LASTING.get(failure.code, failure.code), detail=failure.detail) from error
    return monotonic() - began
