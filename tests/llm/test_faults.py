"""What happens to an agent when the provider fails: the real client against the local server."""

from __future__ import annotations

import socket

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.models import Deadlines
from botarmy.llm.server import FAULTS as BY_NAME
from botarmy.llm.server import Answerer, FaultyPlay, Reply, fault
from botarmy.ports import CallEnded, Result, Text
from tests.llm.openai_server import serve
from tests.llm.work import MODEL, RESPONSES, context, work

FAULTS = {
    "a key that is not accepted": (Reply(status=401, error="invalid_api_key"), "model_rejected_key"),
    "a key without rights": (Reply(status=403), "model_rejected_key"),
    "a rate limit": (
        Reply(status=429, error="rate_limit_exceeded", headers={"retry-after": "1"}),
        "model_stayed_busy",
    ),
    "a quota that is used up": (Reply(status=429, error="insufficient_quota"), "model_quota"),
    "a bill to pay": (Reply(status=402), "model_quota"),
    "a request that is refused": (Reply(status=400), "model_rejected_request"),
    "a context that is too long": (Reply(status=400, error="context_length_exceeded"), "model_context_too_long"),
    "a server error": (Reply(status=500), "model_unavailable"),
    "a server that is away": (Reply(status=503), "model_unavailable"),
    "a server that is overloaded": (Reply(status=529), "model_overloaded"),
    "a server that waited too long": (Reply(status=408), "model_timeout"),
    "a redirect": (Reply(status=302), "model_failed"),
    "a connection cut before the first piece": (Reply(text="Hello there, friend", cut_after=0), "model_cut_off"),
    "a connection cut in the middle": (Reply(text="Hello there, friend", cut_after=2), "model_cut_off"),
    "an end without a finish": (Reply(text="Hello there, friend", unfinished=True), "model_cut_off"),
    "a piece that is no JSON": (Reply(text="Hello there, friend", malformed=True), "model_cut_off"),
    "a content filter": (Reply(finish="content_filter"), "model_refused"),
    "a content filter after some text": (Reply(text="Well", finish="content_filter"), "model_refused"),
    "an answer that never begins": (Reply(endless=True), "model_timeout"),
    "an answer that stops in the middle": (Reply(text="Hello there, friend", endless=True), "model_timeout"),
    "silence, again and again": (None, "model_unusable_answer"),
}
NAMED = {
    "400": "model_rejected_request",
    "401": "model_rejected_key",
    "402": "model_quota",
    "403": "model_rejected_key",
    "404": "model_unknown",
    "429": "model_stayed_busy",
    "500": "model_unavailable",
    "502": "model_unavailable",
    "503": "model_unavailable",
    "504": "model_unavailable",
    "529": "model_overloaded",
    "quota": "model_quota",
    "context": "model_context_too_long",
    "slow": "model_timeout",
    "stall": "model_timeout",
    "cut": "model_cut_off",
    "reset": "model_cut_off",
    "unfinished": "model_cut_off",
    "malformed": "model_cut_off",
    "html": "model_unusable_answer",
    "filter": "model_refused",
    "length": None,
    "bad-call": "model_unusable_answer",
    "empty": "model_unusable_answer",
    "huge": "model_answer_too_long",
    "binary": None,
    "surrogates": None,
}
"""The code that a fault which stays ends with; None where the agent gets to its end."""
IMPATIENT = Deadlines(connect=5.0, first_token=0.5, between_tokens=0.3, whole=5.0)
TIMELY = Deadlines(connect=5.0, first_token=20.0, between_tokens=20.0, whole=20.0)
"""Nothing but the fault itself ends a call, on a machine that is busy too."""


def deadlines(code: str | None) -> Deadlines:
    return IMPATIENT if code == "model_timeout" else TIMELY


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
@pytest.mark.parametrize("name", BY_NAME)
async def test_each_fault_of_the_local_server_ends_in_words_or_does_no_harm(name: str, model: str) -> None:
    code = NAMED[name]
    async with serve(FaultyPlay(faults=[fault(name)])) as served:
        if code is None:
            outputs = await work(served.env, context(model=model), deadlines=TIMELY)
            assert isinstance(outputs[-1], Result)
            return
        with pytest.raises(DomainError) as caught:
            await work(served.env, context(model=model), deadlines=deadlines(code))
    check_words(caught.value, code)


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
@pytest.mark.parametrize("what", FAULTS)
async def test_a_fault_of_the_provider_is_a_failure_in_words(what: str, model: str) -> None:
    reply, code = FAULTS[what]
    answers: Answerer | list[Reply] = (lambda _: Reply()) if reply is None else [reply]
    async with serve(answers) as served:
        with pytest.raises(DomainError) as caught:
            await work(served.env, context(model=model), deadlines=deadlines(code))
        assert len(served.server.asked) == (1 if reply else 2)
    check_words(caught.value, code)


def check_words(failure: DomainError, code: str) -> None:
    assert failure.code == code
    shown = f"{failure.message} {failure.action}"
    assert not any(word in shown for word in ("http", "127.0.0.1", "sk-", "Error", "status", "finish"))
    assert "sk-test" not in str(failure.detail)


async def test_what_was_said_before_a_cut_has_been_passed_on() -> None:
    outputs: list[object] = []
    async with serve([Reply(text="Hello there, friend", cut_after=2)]) as served:
        with pytest.raises(DomainError):
            await work(served.env, context(), into=outputs)
    assert Text("Hello there,") in outputs
    assert [output for output in outputs if isinstance(output, CallEnded)] == [CallEnded(finish="interrupted")]


async def test_a_model_that_the_provider_does_not_have_is_named_as_such() -> None:
    async with serve([Reply(text="Hello")]) as served:
        with pytest.raises(DomainError) as caught:
            await work(served.env, context(model="openai-chat:gpt-none"))
    assert caught.value.code == "model_unknown"


async def test_nobody_listening_is_a_lost_connection() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        env = {"OPENAI_BASE_URL": f"http://127.0.0.1:{unused.getsockname()[1]}/v1"}
        with pytest.raises(DomainError) as caught:
            await work(env, context())
    assert caught.value.code == "model_stayed_unreachable"


async def test_a_server_without_a_key_is_called_with_a_placeholder() -> None:
    async with serve([Reply(text="Hello.")]) as served:
        await work({"OPENAI_BASE_URL": served.base_url}, context(model=MODEL))
        assert served.server.asked[0].key == "no-key"
