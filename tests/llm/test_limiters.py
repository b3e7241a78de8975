"""One limiter for each provider key: what shares the key shares the minute, and answers teach it."""

from __future__ import annotations

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.allowance import Limits
from botarmy.llm.limiters import Limiters
from botarmy.llm.providers import key_of
from botarmy.llm.server import Reply
from tests.llm.openai_server import serve
from tests.llm.work import MODEL, RESPONSES, context, equipped

FEW = Limits(requests=20, tokens=40_000)


@pytest.mark.parametrize(("model", "key"), [(MODEL, "openai"), (RESPONSES, "openai"), ("openai:a:b", "openai")])
def test_models_of_one_key_have_one_name_for_it(model: str, key: str) -> None:
    assert key_of(model) == key


def test_a_provider_that_there_is_not_has_no_key_and_no_limits() -> None:
    for refused in (lambda: key_of("nobody:model"), lambda: Limiters(FEW, {"nobody": FEW})):
        with pytest.raises(DomainError) as caught:
            refused()
        assert caught.value.code == "model_unknown_provider"


async def test_models_of_one_key_share_a_limiter() -> None:
    limiters = Limiters(FEW, {})
    assert limiters.states() == {}
    assert limiters.of(MODEL) is limiters.of(RESPONSES)
    state = limiters.states()["openai"]
    assert (state.requests.limit, state.tokens.limit) == (20, 40_000)


@pytest.mark.parametrize("provider", ["openai", "openai-chat"])
async def test_a_provider_has_limits_of_its_own_under_any_of_its_names(provider: str) -> None:
    limiters = Limiters(FEW, {provider: Limits(500, 200_000)})
    assert limiters.of(MODEL).state().tokens.limit == 200_000


@pytest.mark.parametrize("model", [MODEL, RESPONSES])
async def test_a_good_answer_teaches_the_limits(model: str) -> None:
    headers = {"x-ratelimit-limit-requests": "7", "x-ratelimit-limit-tokens": "30000"}
    async with serve([Reply(text="Done.", headers=headers)]) as served, equipped(served.env, FEW) as (agents, limiters):
        at = context(model=model)
        assert [output async for output in agents(at.agent, model).run(at)]
        state = limiters.states()["openai"]
    assert (state.requests.limit, state.requests.used, state.tokens.limit) == (7, 1, 30_000)
    assert (state.in_flight, state.waiting, state.held_for) == (0, 0, None)
    assert 0 < state.tokens.used < 30_000


async def test_a_refusal_teaches_how_long_the_provider_wants_to_be_left_alone() -> None:
    busy = Reply(status=429, headers={"retry-after": "9"})
    async with serve([busy]) as served, equipped(served.env, FEW) as (agents, limiters):
        at = context()
        with pytest.raises(DomainError):
            [output async for output in agents(at.agent, MODEL).run(at)]
        held = limiters.states()["openai"].held_for
    assert held is not None
    assert 8 < held <= 9
