"""What `auto` means, and what an Ollama on this machine is asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from botarmy.llm.choice import choose
from botarmy.llm.ollama import LIST_BYTES, api_address, first_model

KEY = {"OPENAI_API_KEY": "sk-test-0123456789"}


def nobody(_: str) -> str | None:
    return None


@pytest.mark.parametrize(
    ("setting", "env", "model"),
    [
        ("auto", {}, "demo"),
        ("auto", {"OPENAI_API_KEY": ""}, "demo"),
        ("auto", KEY, "openai-chat:gpt-5-mini"),
        ("auto", {"OPENAI_BASE_URL": "http://localhost:8001/v1"}, "openai-chat:gpt-5-mini"),
        ("auto", {"ANTHROPIC_API_KEY": "sk-ant-1"}, "anthropic:claude-haiku-4-5"),
        ("auto", {"GEMINI_API_KEY": "AIza1"}, "google:gemini-3.8-flash"),
        ("auto", {"GROQ_API_KEY": "gsk_1", "MISTRAL_API_KEY": "m"}, "groq:openai/gpt-oss-120b"),
        ("auto", {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "s"}, "demo"),
        ("openai:gpt-5", {}, "openai:gpt-5"),
        ("demo", KEY, "demo"),
    ],
)
def test_auto_is_a_model_of_the_first_provider_that_has_a_key_and_else_the_demo(
    setting: str, env: dict[str, str], model: str
) -> None:
    assert choose(setting, env, nobody).model == model


def test_without_a_key_what_ollama_has_is_used_and_with_one_it_is_not_even_asked() -> None:
    choice = choose("auto", {"OLLAMA_BASE_URL": "http://box:1/v1"}, lambda address: f"of-{address[7:10]}")
    assert (choice.model, choice.reason) == ("ollama:of-box", "no key is set, and Ollama answers")

    def never(_: str) -> str | None:
        raise AssertionError

    assert choose("auto", KEY, never).reason == "OPENAI_API_KEY is set"
    assert choose("auto", {"OLLAMA_BASE_URL": "no address"}, never).model == "demo"


def test_a_provider_that_is_not_installed_stands_behind_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botarmy.llm.providers.find_spec", lambda name: None if name == "anthropic" else True)
    both = {"ANTHROPIC_API_KEY": "sk-ant-1", "GROQ_API_KEY": "gsk_1"}
    assert choose("auto", both, nobody).model.startswith("groq:")
    assert choose("auto", {"ANTHROPIC_API_KEY": "sk-ant-1"}, nobody).model.startswith("anthropic:")


@contextmanager
def answering(body: bytes, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def tags(*models: dict[str, object]) -> bytes:
    return json.dumps({"models": models}).encode()


@pytest.mark.parametrize(
    ("listed", "model"),
    [
        (tags({"name": "nomic-embed-text:latest"}, {"name": "qwen3:8b"}, {"name": "llama3.2:3b"}), "qwen3:8b"),
        (tags({"name": "x", "details": {"families": ["bert"]}}, {"name": "y", "details": {}}), "y"),
        (tags({"name": "x", "capabilities": ["embedding"]}, {"name": "y", "capabilities": ["completion"]}), "y"),
        (tags({"name": "mxbai-embed-large"}), None),
        (tags(), None),
        (b"[]", None),
        (b"not JSON", None),
        (b'{"models": [1]}', None),
        (b'{"models": [{"name": 7}]}', None),
        (b" " * (LIST_BYTES + 1), None),
    ],
)
def test_of_what_ollama_lists_the_first_that_can_talk_is_taken(listed: bytes, model: str | None) -> None:
    with answering(listed) as (address, asked):
        assert first_model(address) == model
    assert asked == ["/api/tags"]


def test_a_server_that_is_no_ollama_and_a_closed_port_have_no_model() -> None:
    with answering(tags({"name": "x"}), status=404) as (address, _):
        assert first_model(address) is None
    assert first_model(address) is None


@pytest.mark.parametrize(
    ("given", "api"),
    [
        ("http://box:11434", "http://box:11434/v1"),
        ("http://box:11434/", "http://box:11434/v1"),
        ("http://box:11434/v1", "http://box:11434/v1"),
        ("https://box/ollama/v1", "https://box/ollama/v1"),
    ],
)
def test_the_address_of_the_server_leads_to_its_api(given: str, api: str) -> None:
    assert api_address(given) == api
