"""What admins see of the server's set-up and may try: nobody else does, nothing secret is in it, trials have bounds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest

from botarmy.llm.server import Reply
from tests.acceptance.conftest import StartServer
from tests.acceptance.people import Person, owner_of_the_machine, somebody
from tests.acceptance.servers import NO_OLLAMA, ServerProcess
from tests.llm.openai_server import serve
from tests.notify.receivers import Letters, receiving, taking_mail

KEY = "sk-planted-0123456789-wxyz"
WEBHOOK = {"BOTARMY_NOTIFY_WEBHOOK_SECRET": "a-secret-of-the-receiver"}
Json = dict[str, Any]


def service(server: ServerProcess, name: str) -> Json:
    told = httpx2.get(f"{server.url}/api/providers", timeout=30).json()
    found: Json = next(one for one in told["providers"] if one["name"] == name)
    return found


def tried(server: ServerProcess, name: str, **body: object) -> httpx2.Response:
    return httpx2.post(f"{server.url}/api/providers/{name}/test", json=body or None, timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("services")
    key = folder / "anthropic.key"
    key.write_text(KEY, encoding="utf-8")
    key.chmod(0o600)
    environ = {
        "OPENAI_API_KEY": KEY,
        "ANTHROPIC_API_KEY_FILE": str(key),
        "GROQ_BASE_URL": NO_OLLAMA,
        "BOTARMY_CUSTOM": f"lab={NO_OLLAMA.replace('://', '://anna:the-word-of-anna-9@')}",
        "BOTARMY_MODEL": "custom:lab:qwen3",
        "BOTARMY_LLM_CHEAPER_MODEL": "openai:gpt-5-nano",
        "BOTARMY_LLM_RATE_LIMITS": "openai=500/200000",
    }
    process = ServerProcess(folder / "data", environ)
    process.start()
    yield process
    process.stop()


class TestServices:
    def test_each_says_whether_it_is_set_up_and_where_its_key_is_kept(self, server: ServerProcess) -> None:
        openai = service(server, "openai")
        assert (openai["state"], openai["lacks"]) == ("set_up", "")
        assert openai["key"] == {"source": "environment", "name": "OPENAI_API_KEY"}
        assert (openai["default_model"], openai["names_model"], openai["in_use"]) == ("gpt-5-mini", False, False)
        assert service(server, "anthropic")["key"]["source"] == "file"
        mistral = service(server, "mistral")
        assert (mistral["state"], mistral["key"]) == ("absent", None)
        assert mistral["lacks"] == "no key: set MISTRAL_API_KEY"
        assert service(server, "ollama")["state"] == "set_up"

    def test_one_of_ones_own_is_there_without_the_password_of_its_address(self, server: ServerProcess) -> None:
        lab = service(server, "custom:lab")
        assert (lab["state"], lab["key"], lab["in_use"], lab["default_model"]) == ("set_up", None, True, "qwen3")
        assert "127.0.0.1" in lab["address"]
        assert "the-word-of-anna-9" not in lab["address"]

    def test_the_limits_are_those_of_the_settings(self, server: ServerProcess) -> None:
        own, every = service(server, "openai-chat"), service(server, "groq")
        assert (own["requests_per_minute"], own["tokens_per_minute"]) == (500, 200_000)
        assert (every["requests_per_minute"], every["tokens_per_minute"]) == (100_000, 100_000_000)

    def test_the_model_in_force_is_named_with_the_cheaper_one(self, server: ServerProcess) -> None:
        in_force = httpx2.get(f"{server.url}/api/providers").json()["in_force"]
        assert in_force == {
            "model": "custom:lab:qwen3",
            "setting": "custom:lab:qwen3",
            "reason": "",
            "demo": False,
            "cheaper": "openai:gpt-5-nano",
        }

    def test_a_key_is_nowhere_not_even_in_part(self, server: ServerProcess) -> None:
        for path in ("providers", "settings", "notifications", "about"):
            told = httpx2.get(f"{server.url}/api/{path}", timeout=30)
            assert told.status_code == 200
            assert told.headers["cache-control"] == "no-store"
            for secret in (KEY, KEY[-4:], "the-word-of-anna-9"):
                assert secret not in told.text

    @pytest.mark.parametrize("name", ["teapot", "custom:none", "custom:", "openai:gpt-5-mini", "a b", "ß", "x" * 100])
    def test_a_name_that_is_none_is_refused(self, server: ServerProcess, name: str) -> None:
        answer = tried(server, name)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_provider")

    @pytest.mark.parametrize("name", ["..%2F..%2Fetc", "openai%00", "x" * 101, "<script>alert(1)<%2Fscript>"])
    def test_a_hostile_name_reaches_nothing(self, server: ServerProcess, name: str) -> None:
        answer = tried(server, name)
        assert answer.status_code in (404, 405, 422)
        assert answer.headers["content-type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "body", [{"model": ""}, {"model": "a b"}, {"model": "x" * 201}, {"model": 3}, {"url": "x"}]
    )
    def test_a_model_that_is_no_name_is_refused(self, server: ServerProcess, body: Json) -> None:
        assert tried(server, "openai", **body).json()["code"] == "bad_arguments"

    def test_what_cannot_be_called_is_told_in_words_with_the_variable(self, server: ServerProcess) -> None:
        told = tried(server, "mistral").json()
        assert (told["model"], told["seconds"]) == ("mistral:mistral-medium-latest", None)
        assert told["problem"]["code"] == "model_not_configured"
        assert "MISTRAL_API_KEY is not set" in told["problem"]["action"]

    def test_another_sites_page_tries_nothing(self, server: ServerProcess) -> None:
        headers = {"origin": "http://evil.example"}
        for path in ("providers/openai/test", "notifications/test"):
            answer = httpx2.post(f"{server.url}/api/{path}", headers=headers)
            assert answer.json()["code"] == "bad_origin"

    def test_a_trial_asks_the_model_in_force_of_its_service(self, server: ServerProcess) -> None:
        told = tried(server, "custom:lab").json()
        assert told["model"] == "custom:lab:qwen3"
        assert told["problem"]["message"] == "The AI service cannot be reached."


async def test_one_tiny_call_says_in_words_whether_a_service_answers(start_server: StartServer) -> None:
    async with serve([Reply(status=401), Reply(text="ready")]) as provider:
        server = await asyncio.to_thread(start_server, **provider.env, BOTARMY_MODEL="demo")
        refused = (await asyncio.to_thread(tried, server, "openai-chat")).json()
        named = (await asyncio.to_thread(tried, server, "openai")).json()
        asked = len(provider.server.asked)
    key = provider.env["OPENAI_API_KEY"]
    assert refused["problem"] == {
        "code": "model_rejected_key",
        "message": "The AI service did not accept the key.",
        "action": "Check the key in the settings.",
    }
    assert (named["model"], named["problem"]) == ("openai:gpt-5-mini", None)
    assert named["seconds"] >= 0
    assert asked == 2
    assert key not in server.log.read_text()


async def test_of_many_trials_that_come_together_one_is_made(start_server: StartServer) -> None:
    server = await asyncio.to_thread(start_server)
    answers = await asyncio.gather(*(asyncio.to_thread(tried, server, "mistral") for _ in range(5)))
    too_soon = [answer for answer in answers if answer.status_code == 429]
    assert too_soon
    assert {answer.json()["code"] for answer in too_soon} == {"trial_too_soon"}
    assert all(1 <= int(answer.headers["retry-after"]) <= 5 for answer in too_soon)


@dataclass
class Silent:
    """A service that takes a request and says nothing until it is let go."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    address: str = ""

    async def __call__(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.asked.set()
        await self.over.wait()
        writer.close()


@asynccontextmanager
async def hanging() -> AsyncIterator[Silent]:
    silent = Silent()
    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    silent.address = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/v1"
    try:
        yield silent
    finally:
        silent.over.set()
        listener.close()


async def test_of_one_service_there_is_one_trial_at_a_time(start_server: StartServer) -> None:
    async with hanging() as silent:
        environ = {"OPENAI_BASE_URL": silent.address, "BOTARMY_MODEL": "demo"}
        server = await asyncio.to_thread(start_server, **environ, BOTARMY_LLM_FIRST_TOKEN_TIMEOUT="55")
        first = asyncio.create_task(asyncio.to_thread(tried, server, "openai-chat"))
        await asyncio.wait_for(silent.asked.wait(), 50)
        second = await asyncio.to_thread(tried, server, "openai-chat")
        silent.over.set()
        assert (second.status_code, second.json()["code"]) == (409, "trial_under_way")
        assert (await first).json()["problem"] is not None


async def test_a_service_that_says_nothing_is_given_up(start_server: StartServer) -> None:
    async with hanging() as silent:
        environ = {"OPENAI_BASE_URL": silent.address, "BOTARMY_MODEL": "demo"}
        server = await asyncio.to_thread(start_server, **environ, BOTARMY_LLM_FIRST_TOKEN_TIMEOUT="1")
        told = (await asyncio.to_thread(tried, server, "openai-chat")).json()
    assert told["problem"]["code"] == "model_timeout"


class TestSettings:
    def test_each_is_told_with_its_origin_and_secrets_are_masked(self, start_server: StartServer) -> None:
        webhook = {"BOTARMY_NOTIFY_WEBHOOK_URL": "https://hooks.example.org/services/T0/very-secret", **WEBHOOK}
        server = start_server(BOTARMY_BUDGET_DAY_USD="2.5", **webhook)
        told = httpx2.get(f"{server.url}/api/settings").json()
        found = {one["name"]: one for one in told["settings"]}
        assert found["budget_day_usd"]["value"] == "2.5"
        assert found["budget_day_usd"]["origin"] == "environment BOTARMY_BUDGET_DAY_USD"
        assert found["budget_day_usd"]["description"].startswith("What all projects may spend in a day")
        assert (found["retention_days"]["value"], found["retention_days"]["origin"]) == ("none", "default")
        assert found["notify_webhook_url"]["value"] == "https://hooks.example.org/…"
        assert found["notify_webhook_secret"]["value"] == "…"
        assert told["sizes"]["file_bytes"] == 10 * 1024 * 1024

    def test_what_the_file_says_is_named_with_its_line(self, tmp_path: Path) -> None:
        (tmp_path / "botarmy.toml").write_text("# ours\nconcurrency = 2\n", encoding="utf-8")
        server = ServerProcess(tmp_path / "data")
        server.start()
        try:
            told = httpx2.get(f"{server.url}/api/settings").json()
        finally:
            server.stop()
        (found,) = [one for one in told["settings"] if one["name"] == "concurrency"]
        assert (found["value"], found["origin"]) == ("2", "botarmy.toml line 2")
        assert told["file"] == str(tmp_path / "botarmy.toml")


class TestChannels:
    def test_they_are_told_without_what_is_secret_and_a_test_goes_through_each(self, start_server: StartServer) -> None:
        with receiving() as receiver, taking_mail(Letters(refuse={"RCPT": "550 nobody"})) as letters:
            server = start_server(
                BOTARMY_NOTIFY_WEBHOOK_URL=receiver.url,
                BOTARMY_SMTP_URL=f"smtp+plain://localhost:{letters.port}",
                BOTARMY_NOTIFY_EMAIL_FROM="botarmy@example.org",
                BOTARMY_NOTIFY_EMAIL_TO="anna@example.org",
                **WEBHOOK,
            )
            told = httpx2.get(f"{server.url}/api/notifications").json()
            with ThreadPoolExecutor(3) as pool:
                answers = list(
                    pool.map(lambda _: httpx2.post(f"{server.url}/api/notifications/test", timeout=60), "abc")
                )
            post = receiver.next()
        host = receiver.url.removeprefix("http://").partition("/")[0]
        assert told["channels"] == [
            {"name": "webhook", "to": [host], "by": None},
            {"name": "email", "to": ["anna@example.org"], "by": f"localhost:{letters.port}"},
        ]
        results = next(answer.json()["results"] for answer in answers if answer.is_success)
        refused = {answer.json()["code"] for answer in answers if not answer.is_success}
        assert refused
        assert refused <= {"trial_under_way", "trial_too_soon"}
        assert post.json["type"] == "test"
        assert results[0] == {"name": "webhook", "problem": None}
        assert results[1]["name"] == "email"
        assert results[1]["problem"]
        assert WEBHOOK["BOTARMY_NOTIFY_WEBHOOK_SECRET"] not in server.log.read_text()

    def test_without_a_channel_there_is_nothing_to_test(self, start_server: StartServer) -> None:
        server = start_server()
        assert httpx2.get(f"{server.url}/api/notifications").json()["channels"] == []
        assert httpx2.post(f"{server.url}/api/notifications/test").json() == {"results": []}


class TestTheServer:
    def test_it_says_where_its_data_is_how_much_and_since_when_it_runs(self, start_server: StartServer) -> None:
        server = start_server(BOTARMY_MODEL="openai-chat:gpt-5-mini")
        told = httpx2.get(f"{server.url}/api/about", timeout=30).json()
        assert told["version"] == httpx2.get(f"{server.url}/api/status").json()["version"]
        assert told["folder"]["path"] == str(server.folder)
        assert told["folder"]["size_bytes"] > 10_000
        assert told["folder"]["free_bytes"] > 0
        assert told["database"] == f"SQLite, {server.folder / 'botarmy.db'}"
        assert 0 < told["uptime_seconds"] < 600
        (model,) = [one for one in told["findings"] if one["what"] == "Model"]
        assert model["level"] == "fail"
        assert model["action"]

    def test_in_memory_there_is_no_folder(self, start_server: StartServer) -> None:
        told = httpx2.get(f"{start_server(BOTARMY_MEMORY='true').url}/api/about", timeout=30).json()
        assert (told["folder"], told["database"]) == (None, "SQLite, in memory")


class TestTokens:
    @pytest.fixture
    def server(self, start_server: StartServer) -> ServerProcess:
        return start_server(BOTARMY_AUTH="on", BOTARMY_TRUSTED_PROXIES="127.0.0.1")

    def test_the_list_says_which_one_is_ones_own(self, server: ServerProcess) -> None:
        root = somebody(server, "root", "admin")
        assert root.asks("GET", "/api/tokens").json()["yours"] == root.token_id
        assert owner_of_the_machine(server).asks("GET", "/api/tokens").json()["yours"] is None
        cookie = root.asks("POST", "/api/session", json={"token": root.token}).headers["set-cookie"].split(";")[0]
        by_cookie = Person(server).asks("GET", "/api/tokens", headers={"cookie": cookie})
        assert by_cookie.json()["yours"] == root.token_id

    def test_the_last_admin_cannot_shut_everybody_out_by_mistake(self, server: ServerProcess) -> None:
        root, anna = somebody(server, "root", "admin"), somebody(server, "anna", "member")
        refused = root.asks("DELETE", f"/api/tokens/{root.token_id}")
        assert (refused.status_code, refused.json()["code"]) == (409, "last_admin")
        assert root.asks("GET", "/api/tokens").status_code == 200
        assert root.asks("DELETE", f"/api/tokens/{anna.token_id}").status_code == 200
        second = somebody(server, "ada", "admin")
        assert second.asks("DELETE", f"/api/tokens/{root.token_id}").status_code == 200
        assert second.asks("DELETE", f"/api/tokens/{second.token_id}").json()["code"] == "last_admin"

    def test_the_owner_of_the_machine_may_revoke_it_all_the_same(self, server: ServerProcess) -> None:
        root = somebody(server, "root", "admin")
        revoked = owner_of_the_machine(server).asks("DELETE", f"/api/tokens/{root.token_id}")
        assert revoked.json()["revoked_at"] is not None

    def test_a_token_is_told_once_and_is_in_no_log(self, server: ServerProcess) -> None:
        root = somebody(server, "root", "admin")
        made = root.asks("POST", "/api/tokens", json={"user": "bob", "role": "viewer"})
        secret = made.json()["token"]
        assert made.headers["cache-control"] == "no-store"
        assert secret not in root.asks("GET", "/api/tokens").text
        assert secret not in server.log.read_text()
