from __future__ import annotations

import json

import httpx2

from botarmy.llm.server import Call, Reply
from tests.llm.openai_server import serve

HELLO = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Hello"}]}


def chunks_of(stream: str) -> list[str]:
    return [line.removeprefix("data: ") for line in stream.splitlines() if line]


async def test_the_models_are_listed() -> None:
    async with serve([]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        listed = (await client.get("/models")).json()
    assert [model["id"] for model in listed["data"]] == ["gpt-5-mini"]


async def test_an_answer_can_be_had_whole() -> None:
    reply = Reply(text="Hi", calls=(Call(name="list_files", arguments="{}"),))
    async with serve([reply]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        whole = (await client.post("/chat/completions", json=HELLO)).json()
    (choice,) = whole["choices"]
    assert (choice["finish_reason"], choice["message"]["content"]) == ("tool_calls", "Hi")
    assert choice["message"]["tool_calls"][0]["function"] == {"name": "list_files", "arguments": "{}"}
    assert whole["usage"]["total_tokens"] > 0


async def test_a_streamed_answer_ends_with_its_finish_its_usage_and_done() -> None:
    async with (
        serve([Reply(text="Hello to you too")]) as served,
        httpx2.AsyncClient(base_url=served.base_url) as client,
    ):
        answer = await client.post("/chat/completions", json={**HELLO, "stream": True})
    *pieces, finish, usage, done = chunks_of(answer.text)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "".join(json.loads(piece)["choices"][0]["delta"]["content"] for piece in pieces) == "Hello to you too"
    assert len(pieces) == 3
    assert json.loads(finish)["choices"][0]["finish_reason"] == "stop"
    assert json.loads(usage)["usage"]["completion_tokens"] == 4
    assert done == "[DONE]"


async def test_the_same_request_gets_the_same_answer() -> None:
    async with (
        serve(lambda _: Reply(text="Always")) as served,
        httpx2.AsyncClient(base_url=served.base_url) as client,
    ):
        answers = [await client.post("/chat/completions", json={**HELLO, "stream": True}) for _ in range(2)]
    assert answers[0].text == answers[1].text


async def test_a_request_beyond_the_script_is_an_error_and_not_an_invention() -> None:
    async with serve([Reply(text="One")]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        statuses = [(await client.post("/chat/completions", json=HELLO)).status_code for _ in range(2)]
    assert statuses == [200, 500]
