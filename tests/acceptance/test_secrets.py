"""Keys planted wherever keys may come from, services that repeat them in all they say: none of them gets anywhere.

One server is asked for everything that it can be asked for; then all it wrote, answered and logged is searched.
"""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from botarmy.redaction import MASK
from tests.acceptance.followers import Follower
from tests.acceptance.servers import ServerProcess
from tests.llm.provider_server import served, sse
from tests.planted import AWS_SECRET, KEYS, traces

NO_SHAPE = "ZqvTxLmRkWnYcHdJfGbSpAaQevTxLmRk"
"""As keys of Mistral are: letters, and no mark."""
IN_FILE, IN_KEYRING, OF_CUSTOM = KEYS["anthropic"], KEYS["openrouter"], KEYS["slack"]
PASSWORD = "the-word-of-anna-9"
SECRETS = {
    "OPENAI_API_KEY": KEYS["openai"],
    "ANTHROPIC_API_KEY": IN_FILE,
    "GOOGLE_API_KEY": KEYS["google"],
    "GROQ_API_KEY": KEYS["groq"],
    "MISTRAL_API_KEY": NO_SHAPE,
    "OPENROUTER_API_KEY": IN_KEYRING,
    "AWS_ACCESS_KEY_ID": KEYS["aws"],
    "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
    "CUSTOM_LAB_API_KEY": OF_CUSTOM,
    "of an address": PASSWORD,
    "of a person": KEYS["botarmy"],
    "of another program": KEYS["github"],
}
BY_FILE = ("ANTHROPIC_API_KEY", "GROQ_API_KEY")
MODELS = {
    "openai-chat:m": "OPENAI_API_KEY",
    "openai:m": "OPENAI_API_KEY",
    "anthropic:m": "ANTHROPIC_API_KEY",
    "google:m": "GOOGLE_API_KEY",
    "groq:m": "GROQ_API_KEY",
    "mistral:m": "MISTRAL_API_KEY",
    "openrouter:maker/m": "OPENROUTER_API_KEY",
    "bedrock:m": "AWS_ACCESS_KEY_ID",
    "custom:lab:m": "CUSTOM_LAB_API_KEY",
    "custom:echo:m": "of an address",
}
KEYRING = """\
from keyring.backend import KeyringBackend

class Planted(KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        return {key!r} if username == "OPENROUTER_API_KEY" else None

    def set_password(self, service, username, password):
        raise NotImplementedError
"""
PAGES = (
    "/", "/projects/x", "/metrics", "/healthz", "/readyz", "/api/status", "/api/teams", "/api/runs", "/api/stats",
    "/api/usage", "/api/tokens", "/api/session", "/api/openapi.json", "/api/providers", "/api/settings",
    "/api/notifications", "/api/about",
)  # fmt: skip


@dataclass
class Echo:
    """A service that refuses everything, and repeats in its refusal all that it was sent; below `/says`, a model whose
    answer is the password that stands in its address."""

    heard: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        sent = repr(dict(request.headers)) + (await request.body()).decode()[:2_000]
        self.heard.append(sent)
        response = says() if request.url.path.startswith("/says") else self.refuses(sent)
        await response(scope, receive, send)

    def refuses(self, sent: str) -> Response:
        spelled = [sent, json.dumps(sent), quote(sent, safe=""), base64.b64encode(sent.encode()).decode()]
        words = f"I do not know the key in {' or '.join(spelled)}"
        fault = {"message": words, "type": "authentication_error", "code": 401, "status": "UNAUTHENTICATED"}
        headers = {"x-amzn-errortype": "UnrecognizedClientException", "x-you-sent": quote(sent)[:4_000]}
        return JSONResponse({"error": fault, "message": words}, 401, headers=headers)


def says() -> Response:
    def chunk(text: str, finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": finish}
        return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}

    told = f"The words are {PASSWORD}, {OF_CUSTOM} and {base64.b64encode(NO_SHAPE.encode()).decode()}."
    pieces = [chunk(told[at : at + 5]) for at in range(0, len(told), 5)]
    return Response(sse(*pieces, chunk("", "stop")) + b"data: [DONE]\n\n", media_type="text/event-stream")


def planted(folder: Path, address: str) -> dict[str, str]:
    """The environment of a server that is given every key in one of the ways there are."""
    (folder / "planted_keyring.py").write_text(KEYRING.format(key=IN_KEYRING), encoding="utf-8")
    lab = folder / "lab.key"
    config = folder / "botarmy.toml"
    config.write_text(
        f'[custom.lab]\nbase_url = "{address}/v1"\nkey_file = "{lab}"\n'
        f'[custom.echo]\nbase_url = "{address.replace("://", f"://anna:{PASSWORD}@")}/says"\n',
        encoding="utf-8",
    )
    files = {name: folder / f"{name}.key" for name in BY_FILE}
    for file, key in [(lab, OF_CUSTOM), *((file, SECRETS[name]) for name, file in files.items())]:
        file.write_text(f"{key}\n", encoding="utf-8")
        file.chmod(stat.S_IRUSR | stat.S_IWUSR)
    given = {name: key for name, key in SECRETS.items() if name.isupper() and name not in BY_FILE}
    del given["OPENROUTER_API_KEY"], given["CUSTOM_LAB_API_KEY"]
    bases = {name: address + below for name, below in ADDRESSES.items()}
    return {
        **given,
        **{f"{name}_FILE": str(file) for name, file in files.items()},
        **bases,
        "DEPLOY_PAT": KEYS["github"],
        "AWS_REGION": "eu-west-1",
        "BOTARMY_KEYRING": "true",
        "PYTHON_KEYRING_BACKEND": "planted_keyring.Planted",
        "BOTARMY_LOG_LEVEL": "debug",
        "BOTARMY_CONCURRENCY": "16",
    }


ADDRESSES = {
    "OPENAI_BASE_URL": "/v1", "ANTHROPIC_BASE_URL": "", "GOOGLE_GEMINI_BASE_URL": "", "GROQ_BASE_URL": "",
    "MISTRAL_BASE_URL": "", "OPENROUTER_BASE_URL": "/v1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": "",
}  # fmt: skip


@dataclass
class Seen:
    """All that came out of the server, by where."""

    places: dict[str, bytes]
    heard: str
    """What the services were sent."""
    log: str
    said: dict[str, str]
    """The messages of each run, by its model."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(everything(tmp_path_factory.mktemp("secrets")))


async def everything(folder: Path) -> Seen:
    echo = Echo()
    async with served(echo) as address:  # type: ignore[arg-type]  # any ASGI application will do
        server = ServerProcess(folder / "data", planted(folder, address.address))
        try:
            await asyncio.to_thread(server.start)
            places = {"standard output": server.said().encode()}
            async with httpx2.AsyncClient(base_url=server.url, timeout=60) as http:
                ended = await asyncio.gather(*(ended_run(server, http, model) for model in MODELS))
                for model, (answers, _) in zip(MODELS, ended, strict=True):
                    places[f"the run of {model}"] = answers
                places |= {name: answer async for name, answer in pages(http)}
                places |= {name: answer async for name, answer in refusals(http)}
            places["goodbye of a socket"] = await goodbye(server)
            places |= {f"{file.relative_to(folder)} at work": file.read_bytes() for file in files_of(server)}
        finally:
            await asyncio.to_thread(server.stop)
    places |= {f"{file.relative_to(folder)} in the end": file.read_bytes() for file in files_of(server)}
    said = {model: text for model, (_, text) in zip(MODELS, ended, strict=True)}
    return Seen(places, "\n".join(echo.heard), server.log.read_text(), said)


def files_of(server: ServerProcess) -> Iterator[Path]:
    yield server.log
    yield from (file for file in server.folder.rglob("*") if file.is_file())


async def ended_run(server: ServerProcess, http: httpx2.AsyncClient, model: str) -> tuple[bytes, str]:
    """All that can be read of a run, live and afterwards, and what its agents said."""
    body = {"brief": f"A word counter of {model}", "options": {"model": model}}
    run_id = (await http.post("/api/runs", json=body)).raise_for_status().json()["run_id"]
    follower = Follower(run_id)
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if follower.view.ended_at:
                break
    paths = (f"/api/runs/{run_id}", f"/api/runs/{run_id}/events?limit=1000", f"/api/runs/{run_id}/artifacts.zip")
    read = [(await http.get(path)).content for path in paths]
    text = "".join(message.text for step in follower.view.steps for message in step.messages)
    return json.dumps(list(follower.seen.values())).encode() + b"".join(read), text


async def pages(http: httpx2.AsyncClient) -> AsyncIterator[tuple[str, bytes]]:
    for path in PAGES:
        response = await http.get(path)
        yield path, response.content + repr(response.headers).encode()
    for provider in (one["name"] for one in (await http.get("/api/providers")).json()["providers"]):
        response = await http.post(f"/api/providers/{provider}/test", json={"model": "m"})
        assert response.status_code == 200
        yield f"trial of {provider}", response.content + repr(response.headers).encode()


async def refusals(http: httpx2.AsyncClient) -> AsyncIterator[tuple[str, bytes]]:
    """Requests with keys where none belong."""
    for name, key in SECRETS.items():
        answers = (
            await http.post("/api/runs", json={"brief": {"key": key}}),
            await http.post("/api/runs", content=f'{{"brief": {key}'.encode()),
            await http.post("/api/session", json={"token": key}),
            await http.get("/api/runs", params={"key": key}, headers={"authorization": f"Bearer {key}"}),
            await http.get(f"/api/runs/{quote(key, safe='')}"),
            await http.get("/api/runs?limit=" + quote(key, safe="")),
        )
        for number, response in enumerate(answers):
            assert response.status_code in (200, 400, 401, 404, 422, 429)
            yield f"request {number} with {name}", response.content


async def goodbye(server: ServerProcess) -> bytes:
    """What sockets are told that begin with a key."""
    told: list[str] = []
    for hello in (f'{{"type":"hello","token":"{KEYS["openai"]}","topics":["{KEYS["openai"]}"]}}', KEYS["openai"]):
        async with connect(server.socket_url, subprotocols=[Subprotocol("botarmy.v1")]) as socket:
            await socket.send(hello)
            with suppress(ConnectionClosed, TimeoutError):
                async with asyncio.timeout(1):
                    told.extend([str(text) async for text in socket])
            told.append(str(socket.close_reason))
    return "\n".join(told).encode()


def test_each_key_was_sent_to_its_service(seen: Seen) -> None:
    sent = {key for key in SECRETS.values() if key in seen.heard}
    unsent = {AWS_SECRET, KEYS["botarmy"], KEYS["github"], PASSWORD}
    assert sent == set(SECRETS.values()) - unsent
    assert base64.b64encode(f"anna:{PASSWORD}".encode()).decode() in seen.heard


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_a_planted_key_is_nowhere(secret: str, seen: Seen) -> None:
    assert len(seen.places) > 100
    assert [place for place, content in seen.places.items() for trace in traces(secret) if trace in content] == []


def test_the_log_tells_each_failure_without_the_key(seen: Seen) -> None:
    told = [json.loads(line) for line in seen.log.splitlines() if '"agent_' in line]
    details = [str(line.get("detail")) for line in told]
    assert sum(MASK in detail for detail in details) >= len(MODELS) - 1


def test_what_a_model_says_of_keys_is_shown_without_them(seen: Seen) -> None:
    assert f"The words are {MASK}, {MASK} and {MASK}" in seen.said["custom:echo:m"]
