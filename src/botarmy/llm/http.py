"""The HTTP client of every provider whose library takes one. Loads the model library."""

from __future__ import annotations

from typing import Final

import httpx2
from pydantic_ai.models import create_async_httpx2_client

from botarmy.llm.models import Deadlines, Heard

NO_KEY: Final = "no-key"
"""Libraries insist on a key where a server of one's own wants none."""


def timeout_of(deadlines: Deadlines) -> httpx2.Timeout:
    """Of the other deadlines the conversation takes care: here a server's comments would put them off."""
    return httpx2.Timeout(deadlines.whole, connect=deadlines.connect)


def client(deadlines: Deadlines, heard: Heard) -> httpx2.AsyncClient:
    async def hear(response: httpx2.Response) -> None:
        heard(response.headers)

    made = create_async_httpx2_client(timeout=timeout_of(deadlines))
    made.event_hooks = {**made.event_hooks, "response": [hear]}
    return made
