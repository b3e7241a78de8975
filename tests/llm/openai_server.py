"""The local OpenAI-compatible server on a free loopback port."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from botarmy.llm.server import Answerer, ModelServer, Reply, listening


@dataclass(frozen=True)
class Served:
    server: ModelServer
    base_url: str

    @property
    def env(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.base_url, "OPENAI_API_KEY": "sk-test-0123456789abcdef"}


@asynccontextmanager
async def serve(answers: Answerer | Iterable[Reply], models: Sequence[str] = ("gpt-5-mini",)) -> AsyncIterator[Served]:
    server = ModelServer(answers, models)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        async with listening(server.app, listener) as base_url:
            yield Served(server, base_url)
