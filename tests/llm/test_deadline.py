"""The deadlines of an answer in virtual time: to begin, to go on and to end, and the clock stands for a slow reader."""

from __future__ import annotations

import asyncio

import pytest

from botarmy.domain.errors import DomainError
from botarmy.llm.deadline import AnswerDeadline
from botarmy.llm.models import Deadlines
from tests.gateway.virtual import VirtualLoop

LIMIT = Deadlines(first_token=10, between_tokens=5, whole=60)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


async def lasts(*pieces: tuple[float, float], then: float = 1_000) -> float:
    """When an answer is ended whose pieces each take so long to come and to be read."""
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def answer() -> None:
        async with AnswerDeadline(LIMIT) as deadline:
            for comes_after, is_read_after in pieces:
                await asyncio.sleep(comes_after)
                deadline.stop()
                await asyncio.sleep(is_read_after)
                deadline.go_on()
            await asyncio.sleep(then)

    with pytest.raises(DomainError) as caught:
        await answer()
    assert caught.value.code == "model_timeout"
    return loop.time() - begun


async def test_an_answer_has_to_begin_to_go_on_and_to_end() -> None:
    assert await lasts() == pytest.approx(10)
    assert await lasts((9, 0)) == pytest.approx(14)
    assert await lasts((9, 0), (4, 0), (4, 0)) == pytest.approx(22)
    assert await lasts(*[(4, 0)] * 20) == pytest.approx(60)


async def test_what_a_reader_needs_is_not_the_providers() -> None:
    assert await lasts((1, 30)) == pytest.approx(36)
    assert await lasts((1, 200)) == pytest.approx(201)


async def test_an_answer_in_time_and_a_failure_of_its_own_pass() -> None:
    async with AnswerDeadline(LIMIT) as deadline:
        await asyncio.sleep(9)
        deadline.stop()
    with pytest.raises(TimeoutError, match="another"):
        async with AnswerDeadline(LIMIT):
            raise TimeoutError("another")
