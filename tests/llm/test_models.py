from __future__ import annotations

import subprocess
import sys

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Models, check_model

KEY = {"OPENAI_API_KEY": "sk-test-0123456789"}
LOCAL = {"OPENAI_BASE_URL": "http://localhost:11434/v1"}


@pytest.mark.parametrize("env", [KEY, LOCAL, KEY | LOCAL])
@pytest.mark.parametrize("model", ["openai:gpt-5", "openai-chat:qwen3:4b"])
def test_a_key_or_an_address_of_ones_own_is_enough(model: str, env: dict[str, str]) -> None:
    check_model(model, env)


@pytest.mark.parametrize(
    ("model", "env", "code"),
    [
        ("openai:gpt-5", {}, "model_not_configured"),
        ("anthropic:claude", KEY, "model_not_configured"),
        ("groq:x", {"GROQ_API_KEY": "gsk_ab\tcd"}, "model_bad_key"),
        ("mistral:x", {"MISTRAL_BASE_URL": "nowhere"}, "model_bad_address"),
        ("custom:lab:x", KEY, "model_unknown_provider"),
        ("custom:lab:x", {"CUSTOM_LAB_API_KEY": "abc"}, "model_unknown_provider"),
        ("custom:La b:x", KEY, "model_unknown_provider"),
        ("custom:", KEY, "model_unknown_provider"),
        ("custom:lab", {"CUSTOM_LAB_BASE_URL": "http://lab/v1"}, "model_unknown"),
        ("custom:lab:x", {"CUSTOM_LAB_BASE_URL": "http://lab:0/v1"}, "model_bad_address"),
        ("openai:", KEY, "model_unknown"),
        ("opneai:gpt-5", KEY, "model_unknown_provider"),
        ("gpt-5", KEY, "model_unknown_provider"),
        ("", KEY, "model_unknown_provider"),
        ("openai:x", {"OPENAI_API_KEY": "sk-abc def"}, "model_bad_key"),
        ("openai:x", {"OPENAI_API_KEY": "sk-abc\n"}, "model_bad_key"),
        ("openai:x", {"OPENAI_API_KEY": "sk-\u00e4bc"}, "model_bad_key"),
        ("openai:x", {"OPENAI_BASE_URL": "localhost:11434"}, "model_bad_address"),
        ("openai:x", {"OPENAI_BASE_URL": "ftp://host/v1"}, "model_bad_address"),
        ("openai:x", {"OPENAI_BASE_URL": "http://"}, "model_bad_address"),
        ("openai:x", {"OPENAI_BASE_URL": "http://host:99999/v1"}, "model_bad_address"),
        ("openai:x", {"OPENAI_BASE_URL": "http://[::1/v1"}, "model_bad_address"),
        ("openai:x", {"OPENAI_BASE_URL": "http://ho st/v1"}, "model_bad_address"),
    ],
)
async def test_what_cannot_be_called_is_refused_before_anything_is_loaded(
    model: str, env: dict[str, str], code: str
) -> None:
    with pytest.raises(DomainError) as caught:
        check_model(model, env)
    assert caught.value.code == code
    with pytest.raises(DomainError) as caught:
        await Models(env).open(model)
    assert caught.value.code == code
    assert not any(value and value in str(caught.value) for value in env.values())


def test_an_agent_can_be_made_without_loading_the_model_library() -> None:
    code = (
        "import sys; from botarmy.agents.llm import LlmAgents; from botarmy.llm.models import Models;"
        "from botarmy.teams import load_teams;"
        f"LlmAgents(Models({KEY}))(load_teams().by_name['software'].steps[0], 'openai:gpt-5');"
        "print([name for name in ('pydantic_ai', 'openai', 'httpx2') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_a_model_is_opened_once_and_closed_with_all_others() -> None:
    models = Models(LOCAL)
    first = await models.open("openai-chat:a")
    assert await models.open("openai-chat:a") is first
    assert await models.open("openai:a") is not first
    assert (first.system, first.base_url) == ("compatible", "http://localhost:11434/v1/")
    await models.aclose()
    assert await models.open("openai-chat:a") is not first
    await models.aclose()


async def test_openai_itself_is_called_under_its_own_name() -> None:
    models = Models(KEY)
    model = await models.open("openai-chat:gpt-5-mini")
    assert (model.system, model.base_url) == ("openai", "https://api.openai.com/v1/")
    await models.aclose()


def test_its_keys_and_the_passwords_of_its_addresses_are_taken_out_of_what_providers_say() -> None:
    address = "http://anna:the-word-of-anna@localhost/v1"
    redact = Models({"MISTRAL_API_KEY": "ZqvTxLmRkWnYcHdJ", "CUSTOM_LAB_BASE_URL": address}).redact
    assert redact("no ZqvTxLmRkWnYcHdJ, no the-word-of-anna") == "no [removed], no [removed]"
