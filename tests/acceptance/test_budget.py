"""Budgets over a whole server with the real OpenAI client: a run waits for a person, and loses nothing meanwhile."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx2
import pytest

from botarmy.client import Client
from botarmy.domain.views import RunView
from botarmy.llm.server import Call, Reply
from botarmy.llm.server.app import Asked
from tests.acceptance.conftest import StartServer
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import Served, serve

TEAM = """
name: pair
steps:
  - name: Writer
    instructions: Write notes.md, then say so.
    tools: [write_file]
    {writer}
  - name: Reader
    instructions: Say that you have read it.
"""
TINY = 0.000001
"""Less than any call costs at the price of the tests."""


def answer(asked: Asked) -> Reply:
    """The writer writes a file, and is done once it has the tool's answer; the reader is done at once."""
    if "Write notes.md" not in str(asked.messages[0]) or any(one.get("role") == "tool" for one in asked.messages):
        return Reply(text="It is done.")
    return Reply(text="I begin.", calls=(Call(name="write_file", arguments=json.dumps(FILE)),))


FILE = {"path": "notes.md", "content": "# Notes\n"}


class Desk:
    """A person with one server and the projects on it."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server

    def get(self, path: str) -> Any:
        return httpx2.get(f"{self.server.url}{path}", timeout=30).raise_for_status().json()

    def post(self, path: str, body: object) -> httpx2.Response:
        return httpx2.post(f"{self.server.url}{path}", json=body, timeout=30)

    def start(self, **options: object) -> str:
        return str(self.post("/api/runs", {"brief": "Notes", "team": "pair", "options": options}).json()["run_id"])

    def view(self, run_id: str) -> Any:
        return self.get(f"/api/runs/{run_id}")

    async def until(self, run_id: str, holds: Callable[[RunView], object]) -> Any:
        async with (
            asyncio.timeout(30),
            Client(self.server.url) as client,
            aclosing(client.follow(run_id)) as moments,
        ):
            async for moment in moments:
                if holds(moment.view):
                    break
        return self.view(run_id)

    async def asked(self, run_id: str) -> Any:
        """The open request, once there is one."""
        view = await self.until(run_id, lambda view: view.status == "waiting")
        (request,) = [one for one in view["requests"] if one["status"] == "open"]
        return request

    async def ended(self, run_id: str) -> Any:
        return await self.until(run_id, lambda view: view.ended_at)

    async def answer(self, run_id: str, request: Any, decision: str, words: str | None = None) -> httpx2.Response:
        body = {"decision": decision, "subject": request["subject"], **({"answer": words} if words else {})}
        return await asyncio.to_thread(self.post, f"/api/runs/{run_id}/requests/{request['request_id']}", body)


@pytest.fixture
def desk(start_server: StartServer, tmp_path: Path) -> Callable[..., Desk]:
    def sit_down(provider: Served, writer: str = "", **environ: str) -> Desk:
        teams = tmp_path / "teams"
        teams.mkdir()
        (teams / "pair.yaml").write_text(TEAM.format(writer=writer), encoding="utf-8")
        settings = {
            "BOTARMY_TEAMS_DIR": str(teams),
            "BOTARMY_MODEL": "openai-chat:big",
            "BOTARMY_LLM_PRICES": "openai-chat:big=1000/1000,openai-chat:small=10/10",
            "BOTARMY_CONCURRENCY": "1",
            **environ,
        }
        return Desk(start_server(**provider.env, **settings))

    return sit_down


async def test_a_run_waits_at_its_budget_over_a_power_cut_and_goes_on_with_what_was_said(
    desk: Callable[..., Desk],
) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider)
        run_id = person.start(budget=TINY)
        request = await person.asked(run_id)
        assert (request["kind"], request["budget"]["scope"]) == ("budget", "run")
        assert request["prompt"].startswith("This project’s budget is used up: $")
        calls = len(provider.server.asked)
        assert calls == 1

        other = await person.ended(person.start(budget=1000))
        assert other["outcome"] == "succeeded"
        calls = len(provider.server.asked)

        person.server.kill()
        person.server.start()
        assert (await person.asked(run_id))["request_id"] == request["request_id"]
        assert len(provider.server.asked) == calls

        assert (await person.answer(run_id, request, "approve", "$1000")).status_code == 200
        view = await person.ended(run_id)
        resumed = provider.server.asked[calls]
    assert view["outcome"] == "succeeded"
    assert [one.get("role") for one in resumed.messages] == ["system", "user", "assistant", "tool"]
    assert [call["status"] for call in view["steps"][0]["tool_calls"]] == ["completed"]
    assert [artifact["version"] for artifact in view["artifacts"]] == [1]
    assert view["requests"][0]["budget"]["raised_to_usd"] == 1000
    assert (view["steps"][0]["attempt"], len(provider.server.asked) - calls) == (1, 2)
    assert view["usage"]["cost_usd"] > 0


async def test_an_answer_that_does_not_fit_is_refused_in_words_and_the_question_stays_open(
    desk: Callable[..., Desk],
) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider)
        run_id = person.start(budget=TINY)
        request = await person.asked(run_id)
        for words in ("a lot", "-1", "NaN", "inf", "1e9", "99999999", str(TINY)):
            refusal = await person.answer(run_id, request, "approve", words)
            assert (refusal.status_code, refusal.json()["code"]) == (422, "bad_budget"), words
        assert (await person.answer(run_id, request, "edit")).json()["code"] == "bad_decision"
        stale = await person.answer(run_id, {**request, "subject": "another"}, "approve")
        assert stale.json()["code"] == "request_stale"
        assert (await person.asked(run_id))["request_id"] == request["request_id"]
        assert (await person.answer(run_id, request, "approve", "1000")).status_code == 200
        assert (await person.answer(run_id, request, "reject")).json()["code"] == "request_closed"
        assert (await person.ended(run_id))["outcome"] == "succeeded"


async def test_stopping_an_agent_at_its_own_budget_lets_the_others_go_on_and_a_retry_takes_it_up(
    desk: Callable[..., Desk],
) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider, f"budget: {TINY:.6f}")
        run_id = person.start()
        request = await person.asked(run_id)
        assert request["budget"]["scope"] == "agent"
        await person.answer(run_id, request, "reject")
        view = await person.ended(run_id)
        assert [step["status"] for step in view["steps"]] == ["error", "completed"]
        assert (view["status"], view["outcome"]) == ("completed", "partial")
        assert [error["code"] for error in view["errors"]] == ["budget_stopped"]
        assert [artifact["path"] for artifact in view["artifacts"]] == ["notes.md"]

        person.post(f"/api/runs/{run_id}/steps/writer/retry", None)
        again = await person.asked(run_id)
        calls = len(provider.server.asked)
        await person.answer(run_id, again, "approve", "1000")
        view = await person.ended(run_id)
    assert view["outcome"] == "succeeded"
    assert provider.server.asked[calls].messages[-1]["role"] == "tool"


async def test_stopping_a_run_at_its_budget_ends_it_with_what_it_has(desk: Callable[..., Desk]) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider, BOTARMY_BUDGET_RUN_USD=f"{TINY:.6f}")
        run_id = person.start()
        await person.answer(run_id, await person.asked(run_id), "reject")
        view = await person.ended(run_id)
    assert [step["status"] for step in view["steps"]] == ["error", "skipped"]
    assert view["status"] == "failed"
    assert [artifact["path"] for artifact in view["artifacts"]] == ["notes.md"]


async def test_each_run_asks_at_the_days_budget_and_a_raise_is_for_the_one_that_asked(
    desk: Callable[..., Desk],
) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider, BOTARMY_BUDGET_DAY_USD=f"{TINY:.6f}")
        first, second = person.start(), person.start()
        request = await person.asked(first)
        assert request["budget"]["scope"] == "day"
        assert request["budget"]["day"] == person.get("/api/usage")["today"]
        other = await person.asked(second)
        assert len(provider.server.asked) == 1  # the second one was stopped before its first call
        await person.answer(first, request, "approve", "1000")
        assert (await person.ended(first))["outcome"] == "succeeded"
        assert (await person.asked(second))["request_id"] == other["request_id"]
        await person.answer(second, other, "approve", "1000")
        assert (await person.ended(second))["outcome"] == "succeeded"


async def test_the_cheaper_model_takes_over_with_the_history_and_stays(desk: Callable[..., Desk]) -> None:
    async with serve(answer, ["big", "small"]) as provider:
        person = desk(provider, "models: ['openai-chat:small']")
        run_id = person.start(budget=TINY)
        request = await person.asked(run_id)
        assert request["options"][1] == "Go on with openai-chat:small"
        await person.answer(run_id, request, "edit", "1000")
        view = await person.ended(run_id)
    assert view["outcome"] == "succeeded"
    assert [asked.body["model"] for asked in provider.server.asked] == ["big", "small", "small"]
    assert provider.server.asked[1].messages[-1]["role"] == "tool"
    assert view["requests"][0]["decision"] == "edit"


async def test_a_cancel_withdraws_the_question_and_a_pause_holds_the_answer(desk: Callable[..., Desk]) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider)
        cancelled, paused = person.start(budget=TINY), person.start(budget=TINY)
        await person.asked(cancelled)
        person.post(f"/api/runs/{cancelled}/cancel", None)
        view = await person.ended(cancelled)
        assert [request["status"] for request in view["requests"]] == ["withdrawn"]

        request = await person.asked(paused)
        person.post(f"/api/runs/{paused}/pause", None)
        calls = len(provider.server.asked)
        await person.answer(paused, request, "approve", "1000")
        assert person.view(paused)["status"] == "paused"
        person.post(f"/api/runs/{paused}/resume", None)
        assert (await person.ended(paused))["outcome"] == "succeeded"
    assert provider.server.asked[calls].messages[-1]["role"] == "tool"


@pytest.mark.parametrize("budget", [0, -1, 1_000_001, "much", "NaN"])
async def test_a_budget_that_is_none_is_refused_at_the_start(desk: Callable[..., Desk], budget: object) -> None:
    async with serve(answer, ["big"]) as provider:
        person = desk(provider)
        refusal = person.post("/api/runs", {"brief": "Notes", "options": {"budget": budget}})
    assert (refusal.status_code, refusal.json()["code"]) == (422, "bad_arguments")
