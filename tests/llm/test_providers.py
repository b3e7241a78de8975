"""Every provider over a real socket: what it is sent, what becomes of its answer, and of its failures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import ModelHTTPError
from pydantic_ai.messages import ModelRequest

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Deadlines, Models, is_secret
from botarmy.llm.providers import PROVIDERS, find, key_of
from botarmy.ports import Text
from botarmy.settings import services
from tests.llm import provider_server as wire
from tests.llm.provider_server import TEXT, Protocol, ProviderServer, served
from tests.llm.work import context, spec, work


@dataclass(frozen=True)
class Case:
    model: str
    address: str
    """The variable of its address."""
    below: str
    """The path at which its API begins."""
    key: tuple[str, str]
    header: str
    protocol: Protocol

    def env(self, address: str) -> dict[str, str]:
        signing = {"AWS_SECRET_ACCESS_KEY": "s1", "AWS_REGION": "eu-west-1"}
        return {self.address: address + self.below, self.key[0]: self.key[1], **signing}


CASES = [
    Case("openai-chat:m", "OPENAI_BASE_URL", "/v1", ("OPENAI_API_KEY", "sk-1"), "authorization", wire.chat),
    Case("anthropic:m", "ANTHROPIC_BASE_URL", "", ("ANTHROPIC_API_KEY", "sk-ant-1"), "authorization", wire.anthropic),
    Case("google:m", "GOOGLE_GEMINI_BASE_URL", "", ("GOOGLE_API_KEY", "AIza1"), "x-goog-api-key", wire.google),
    Case("groq:m", "GROQ_BASE_URL", "", ("GROQ_API_KEY", "gsk_1"), "authorization", wire.chat),
    Case("mistral:m", "MISTRAL_BASE_URL", "", ("MISTRAL_API_KEY", "a1b2"), "authorization", wire.chat),
    Case("openrouter:openai/m", "OPENROUTER_BASE_URL", "/v1", ("OPENROUTER_API_KEY", "sk-or-1"), "authorization",
         wire.chat),
    Case("ollama:m:8b", "OLLAMA_BASE_URL", "", ("OLLAMA_API_KEY", "o1"), "authorization", wire.chat),
    Case("custom:lab:m", "CUSTOM_LAB_BASE_URL", "/v1", ("CUSTOM_LAB_API_KEY", "c1"), "authorization", wire.chat),
    Case("bedrock:m", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "", ("AWS_ACCESS_KEY_ID", "AKIA1"), "authorization",
         wire.bedrock),
]  # fmt: skip
each_provider = pytest.mark.parametrize("case", CASES, ids=[case.model.split(":")[0] for case in CASES])


def server_of(case: Case, ended: bool = True, status: int = 200) -> ProviderServer:
    return ProviderServer(*case.protocol(ended), status=status)


async def failure_of(case: Case, address: str) -> DomainError:
    with pytest.raises(DomainError) as caught:
        await work(case.env(address), context(spec(), case.model))
    return caught.value


@each_provider
async def test_an_answer_arrives_with_the_key_where_the_provider_looks_for_it(case: Case) -> None:
    async with served(server_of(case)) as server:
        outputs = await work(case.env(server.address), context(spec(), case.model))
    assert "".join(output.text for output in outputs if isinstance(output, Text)) == TEXT
    (asked,) = server.asked
    sent = asked.headers[case.header]
    assert sent.removeprefix("Bearer ") == case.key[1] or f"Credential={case.key[1]}/" in sent


@each_provider
async def test_every_answer_is_heard_with_its_headers_under_the_name_of_its_key(case: Case) -> None:
    heard: list[tuple[str, Mapping[str, str]]] = []
    async with served(server_of(case, status=429)) as server:
        models = Models(case.env(server.address), Deadlines(), lambda key, headers: heard.append((key, headers)))
        with pytest.raises(ModelHTTPError):
            await model_request(await models.open(case.model), [ModelRequest.user_text_prompt("hi")])
        await models.aclose()
    ((key, headers),) = heard
    assert (key, headers["x-ratelimit-limit-requests"]) == (key_of(case.model), "77")


@each_provider
async def test_a_stream_that_stops_without_a_finish_reason_is_a_failure(case: Case) -> None:
    async with served(server_of(case, ended=False)) as server:
        assert (await failure_of(case, server.address)).code == "model_cut_off"


@each_provider
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "model_rejected_key"),
        (404, "model_unknown"),
        (429, "model_stayed_busy"),
        (500, "model_unavailable"),
        (503, "model_unavailable"),
    ],
)
async def test_a_refusal_is_told_in_words_and_asked_for_once(case: Case, status: int, code: str) -> None:
    async with served(server_of(case, status=status)) as server:
        failure = await failure_of(case, server.address)
    assert failure.code in (code, *(("model_overloaded",) if status == 503 else ()))
    assert len(server.asked) == 1
    assert case.key[1] not in failure.message + failure.action


@each_provider
async def test_where_nobody_answers_it_is_unreachable(case: Case) -> None:
    async with served(server_of(case)) as server:
        address = server.address
    assert (await failure_of(case, address)).code in ("model_unreachable", "model_stayed_unreachable")


@pytest.mark.parametrize("name", [name for name, provider in PROVIDERS.items() if provider.extra])
async def test_a_provider_that_is_not_installed_names_what_installs_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botarmy.llm.providers.find_spec", lambda _: None)
    key = {PROVIDERS[name].key_variables[0]: "abc"}
    with pytest.raises(DomainError) as caught:
        await Models(key).open(f"{name}:m")
    assert caught.value.code == "model_missing_extra"
    assert f"botarmy[{PROVIDERS[name].extra}]" in caught.value.action
    pyproject = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(rf"^{PROVIDERS[name].extra} = \[", pyproject, re.MULTILINE)


def test_models_of_one_key_share_its_name() -> None:
    assert key_of("openai:a") == key_of("openai-chat:b") == "openai"
    assert key_of("custom:lab:a:b") == "custom:lab"
    assert key_of("custom:lab:a") != key_of("custom:den:a")
    assert {key_of(f"{name}:any") for name in PROVIDERS} == {*PROVIDERS} - {"openai-chat"}
    assert find("ollama:qwen3:8b")[1] == "qwen3:8b"


def test_the_settings_read_every_variable_that_a_provider_uses() -> None:
    used = {
        variable
        for provider in PROVIDERS.values()
        for variable in (*provider.key_variables, provider.address_variable, *provider.further)
    }
    assert used == set(services.VARIABLES)
    assert {name for name in used if is_secret(name)} == {name for name in used if services.is_secret(name)}


async def test_a_model_of_openrouter_without_its_maker_is_not_known() -> None:
    with pytest.raises(DomainError) as caught:
        await Models({"OPENROUTER_API_KEY": "sk-or-1"}).open("openrouter:m")
    assert caught.value.code == "model_unknown"


async def test_without_a_region_bedrock_is_not_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(DomainError) as caught:
        await Models({"AWS_BEARER_TOKEN_BEDROCK": "b1"}).open("bedrock:m")
    assert caught.value.code == "model_not_configured"
