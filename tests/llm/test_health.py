"""Whether a provider can be used is found out for nothing, and told in words that hold no key."""

from __future__ import annotations

import socket

import httpx2
import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.health import look
from botarmy.llm.providers import PROVIDERS
from tests.llm.provider_server import ProviderServer, served

KEY = "planted-0123456789-key"
LISTED = [name for name, provider in PROVIDERS.items() if provider.listing]


async def looked(name: str, server: ProviderServer) -> bool:
    provider = PROVIDERS[name]
    async with served(server), httpx2.AsyncClient() as client:
        env = {provider.address_variable: server.address, provider.key_variables[0]: KEY}
        return await look(provider, env, client)


@pytest.mark.parametrize("name", LISTED)
async def test_a_provider_is_asked_with_its_key_for_a_list(name: str) -> None:
    server = ProviderServer(b"{}", "application/json")
    assert await looked(name, server)
    (request,) = server.asked
    assert (request.method, request.url.path) == ("GET", PROVIDERS[name].listing)
    assert KEY in request.headers[PROVIDERS[name].key_header]


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "model_rejected_key"), (403, "model_rejected_key"), (429, "model_stayed_busy"), (503, "model_unavailable")],
)
async def test_a_refusal_is_told_in_the_words_of_the_error_table(status: int, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        await looked("openai", ProviderServer(b"", "text/plain", status))
    assert refused.value.code == code
    assert KEY not in f"{refused.value!r} {refused.value.message} {refused.value.detail}"


async def test_a_service_without_such_a_list_is_there_all_the_same() -> None:
    assert await looked("openai-chat", ProviderServer(b"", "text/plain", 404))


async def test_an_address_where_nobody_answers_is_unreachable() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        async with httpx2.AsyncClient() as client:
            with pytest.raises(DomainError) as unreachable:
                await look(PROVIDERS["ollama"], {"OLLAMA_BASE_URL": address}, client)
    assert unreachable.value.code == "model_stayed_unreachable"


async def test_a_provider_without_a_free_list_is_not_asked() -> None:
    async with httpx2.AsyncClient() as client:
        assert not await look(PROVIDERS["bedrock"], {}, client)
