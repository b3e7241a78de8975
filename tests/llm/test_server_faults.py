"""The local model server fails exactly as it is told, and otherwise plays the five agents."""

from __future__ import annotations

import json

import httpx2
import pytest

from botarmy.llm.server import FAULTS, Asked, FaultyPlay, Reply, UnknownFault, fault
from tests.llm.openai_server import serve

HELLO = {"model": "gpt-5-mini", "stream": True, "messages": [{"role": "user", "content": "Hello"}]}
FULL = Reply(text="Hello to you too, my friend.")


def asked(agent: str = "Analyst") -> Asked:
    addressed = {"role": "system", "content": f"You are {agent}, responsible for: Something."}
    return Asked({"model": "gpt-5-mini", "messages": [addressed]}, "key")


def statuses(play: FaultyPlay, *requests: Asked) -> list[int]:
    return [play(request).status for request in requests]


def test_so_many_requests_fail_and_then_none() -> None:
    assert statuses(FaultyPlay(faults=[fault("500")], times=2), *[asked()] * 4) == [500, 500, 200, 200]


def test_without_an_end_all_fail_each_with_the_next_fault() -> None:
    play = FaultyPlay(faults=[fault("500"), fault("ok"), fault("401")])
    assert statuses(play, *[asked()] * 5) == [500, 200, 401, 500, 200]


def test_only_one_agent_fails() -> None:
    play = FaultyPlay(faults=[fault("500")], agent="Tester")
    assert statuses(play, asked("Analyst"), asked("Tester"), asked("Deployer")) == [200, 500, 200]


def test_only_every_third_request_fails() -> None:
    assert statuses(FaultyPlay(faults=[fault("500")], every=3), *[asked()] * 6) == [200, 200, 500, 200, 200, 500]


def test_without_a_fault_the_agents_are_played_as_fast_as_told() -> None:
    assert FaultyPlay(faults=[])(asked()).pace == 0.0
    assert FaultyPlay(faults=[], tokens_per_second=30)(asked()).pace == pytest.approx(0.1)


def test_options_say_when_and_how_long() -> None:
    assert fault("429:retry-after=2")(FULL).headers == {"retry-after": "2"}
    assert fault("429")(FULL).headers == {}
    assert fault("slow:seconds=0.5")(FULL).delay == 0.5
    assert fault("stall:after=9")(FULL).stall_after == 4
    assert fault("cut:after=0")(FULL).cut_after == 1
    assert len(fault("huge:megabytes=1")(FULL).text) > 1024 * 1024


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("fire", "There is no fault “fire”. Known are: 400, 401,"),
        ("", "There is no fault “”"),
        ("429:after=2", "The fault “429” has no option “after”: it has retry-after."),
        ("500:x=1", "The fault “500” has no option “x”: it has none."),
        ("cut:after=soon", "after of the fault “cut” must be a number from 0 to 3600."),
        ("cut:after=-1", "must be a number"),
        ("cut:after=nan", "must be a number"),
        ("ok:after=1", "There is no fault “ok”"),
    ],
)
def test_a_fault_that_is_written_wrongly_is_refused_in_words(written: str, words: str) -> None:
    with pytest.raises(UnknownFault) as caught:
        fault(written)
    assert words in str(caught.value)


async def test_the_errors_have_the_shape_of_the_real_ones() -> None:
    answers = [fault(name)(FULL) for name in ("context", "quota")]
    async with serve(answers) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        context, quota = [await client.post("/chat/completions", json=HELLO) for _ in range(2)]
    assert context.status_code == 400
    assert context.json()["error"]["code"] == "context_length_exceeded"
    assert context.json()["error"]["type"] == "invalid_request_error"
    assert quota.status_code == 429
    assert quota.json()["error"]["code"] == "insufficient_quota"


@pytest.mark.parametrize(("name", "failure"), [("reset", httpx2.ReadError), ("cut", httpx2.RemoteProtocolError)])
async def test_a_connection_is_really_reset_or_closed(name: str, failure: type[Exception]) -> None:
    async with serve([fault(name)(FULL)]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        with pytest.raises(failure):
            await client.post("/chat/completions", json=HELLO)


async def test_a_web_page_comes_with_status_200() -> None:
    async with serve([fault("html")(FULL)]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        page = await client.post("/chat/completions", json=HELLO)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_a_stall_leaves_the_stream_open_until_the_client_goes() -> None:
    async with serve([fault("stall")(FULL)]) as served, httpx2.AsyncClient(base_url=served.base_url) as client:
        async with client.stream("POST", "/chat/completions", json=HELLO) as answer:
            lines = answer.aiter_lines()
            pieces = [await anext(lines) for _ in range(5)]
        await served.server.left.wait()
    said = "".join(json.loads(piece[6:])["choices"][0]["delta"]["content"] for piece in pieces if piece)
    assert FULL.text.startswith(said)
    assert len(said) == 24


def test_every_fault_says_what_the_service_does() -> None:
    assert all(found.words and found.words[0].islower() for found in FAULTS.values())
