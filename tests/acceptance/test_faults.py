"""Whatever an AI service does wrong, a run of the five agents ends as docs/how-to/use-a-model.md says, in words.

All runs of this file share one model server, which tells them apart by their briefs, and three servers of BotArmy.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from botarmy.domain.views import RunView, StepView
from botarmy.llm.server import Asked, Reply, fault, listening
from botarmy.llm.server.app import ModelServer
from botarmy.teams import load_teams
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import Follower
from tests.acceptance.servers import ServerProcess
from tests.fault_table import Row, rows
from tests.llm.openai_server import serve

AGENTS = 5
DONE = Reply(text="Done as far as possible, and a few words more so that it takes a while to say.")
# The follower answers heartbeats but begins none.
BEATS = {"BOTARMY_HEARTBEAT_SECONDS": "300"}
NEVER = {"BOTARMY_LLM_FIRST_TOKEN_TIMEOUT": "30", "BOTARMY_LLM_STREAM_TIMEOUT": "30"}
SOON = {"BOTARMY_LLM_FIRST_TOKEN_TIMEOUT": "5", "BOTARMY_LLM_STREAM_TIMEOUT": "5"}
AT_ONCE = {"BOTARMY_LLM_FIRST_TOKEN_TIMEOUT": "0.3", "BOTARMY_LLM_STREAM_TIMEOUT": "0.3"}
TECHNICAL = re.compile(
    r"https?://|127\.0\.0\.1|localhost|\bsk-|Traceback|\b\w+(?:Error|Exception)\b|pydantic|httpx|\b[45]\d\d\b|\w\.py\b"
    r"|status_code|finish_reason|API key|maximum context|Rate limit reached|Invalid value|credits\.|<!doctype"
)
PROSE = re.compile(r"\S+\s+\S+")


@dataclass(frozen=True)
class Case:
    row: Row
    fault: str
    stays: bool
    """Every request of the run fails, not the first alone."""

    @property
    def brief(self) -> str:
        """Has a word of its own, by which the model server knows the case."""
        letters = "".join(chr(ord("a") + int(digit, 36) % 26) for digit in f"{self.fault}".encode().hex())
        return f"A word counter for {letters}{'stays' if self.stays else 'passes'}"

    @property
    def is_slow(self) -> bool:
        return self.fault in ("slow", "stall")

    def __str__(self) -> str:
        return f"{self.fault} {'stays' if self.stays else 'passes'}"


CASES = [Case(row, name, stays) for row in rows() for name in row.faults for stays in (False, True)]
FALLBACKS = [step.fallback for step in load_teams().by_name["software"].steps]


@dataclass
class Provider:
    """Answers each run with its own fault."""

    asked: dict[str, int] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        said = json.dumps(asked.messages)
        case = next(case for case in CASES if f"{case.brief}\\n" in said)
        number = self.asked[case.brief] = self.asked.get(case.brief, 0) + 1
        return fault(case.fault)(DONE) if case.stays or number == 1 else DONE


@dataclass
class Ended:
    """A run as a reader saw it."""

    view: RunView
    events: list[dict[str, Any]]
    over_http: str
    asked: int

    def of(self, step: StepView, type_: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type_ and event["metadata"].get("step") == step.step]

    def retries(self, step: StepView) -> list[tuple[int, float]]:
        """Which attempt each pause comes before, and for how many seconds the reader is told to wait."""
        told = [event for event in self.of(step, "agent_status") if event["metadata"]["status"] == "retrying"]
        return [(event["metadata"]["call_attempt"], seconds_until_retry(event)) for event in told]


def seconds_until_retry(event: dict[str, Any]) -> float:
    until = datetime.fromisoformat(event["metadata"]["retry_at"])
    return (until - datetime.fromisoformat(event["timestamp"])).total_seconds()


async def ended_run(server: ServerProcess, http: httpx2.AsyncClient, brief: str, provider: Provider) -> Ended:
    run_id = (await http.post(f"{server.url}/api/runs", json={"brief": brief})).json()["run_id"]
    follower = Follower(run_id)
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if follower.view.ended_at:
                break
    fresh = (await http.get(f"{server.url}/api/runs/{run_id}")).text
    log = (await http.get(f"{server.url}/api/runs/{run_id}/events?limit=1000")).text
    return Ended(follower.view, list(follower.seen.values()), fresh + log, provider.asked.get(brief, 0))


async def run_all(servers: dict[bool, ServerProcess], patient: ServerProcess, provider: Provider) -> dict[str, Ended]:
    def server_of(case: Case) -> ServerProcess:
        if case.fault.startswith("429"):
            return servers[False]
        return servers[case.stays] if case.is_slow else patient

    async with httpx2.AsyncClient(timeout=60) as http:
        tasks = {
            str(case): asyncio.create_task(ended_run(server_of(case), http, case.brief, provider)) for case in CASES
        }
        await asyncio.gather(*tasks.values())
    return {name: task.result() for name, task in tasks.items()}


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    folder = tmp_path_factory.mktemp("faults")

    async def every_run() -> dict[str, Ended]:
        provider = Provider()
        async with serve(provider) as served, started(folder, served.env) as (at_once, soon, never):
            return await run_all({True: at_once, False: soon}, never, provider)

    return asyncio.run(every_run())


@asynccontextmanager
async def started(folder: Path, env: dict[str, str]) -> AsyncIterator[list[ServerProcess]]:
    """A server for each way to wait. Those with short deadlines get what is about them, or about a limit, alone: on
    the others nothing but the fault ends a call."""
    servers = [ServerProcess(folder / f"data-{n}", env | BEATS | more) for n, more in enumerate((AT_ONCE, SOON, NEVER))]
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
    try:
        yield servers
    finally:
        await asyncio.gather(*(asyncio.to_thread(server.stop) for server in servers))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_run_ends_as_the_table_says(case: Case, ended: dict[str, Ended]) -> None:
    view = ended[str(case)].view
    harmless = not case.row.in_the_end if case.stays else case.row.is_tried_again or not case.row.sentence
    assert view.status == "completed"
    assert [step.status for step in view.steps] == ["completed"] * AGENTS
    assert view.outcome == ("succeeded" if harmless else "partial")
    fell_back = AGENTS if case.stays and not harmless else 0 if harmless else 1
    assert [step.messages[-1].finish == "fallback" for step in view.steps] == [
        number < fell_back for number in range(AGENTS)
    ]
    for step, fallback in list(zip(view.steps, FALLBACKS, strict=True))[:fell_back]:
        assert step.messages[-1].text == fallback


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_read_is_what_the_table_says(case: Case, ended: dict[str, Ended]) -> None:
    run, row = ended[str(case)], case.row
    for number, step in enumerate(run.view.steps):
        told = [event["content"] for event in run.of(step, "error")]
        if not case.stays and number > 0:
            assert told == []
        elif row.is_tried_again:
            assert told == [row.sentence, row.sentence, row.in_the_end] if case.stays else [row.sentence]
        else:
            assert told == (
                [row.in_the_end] if case.stays and row.in_the_end else [row.sentence] if row.sentence else []
            )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_wait_before_another_attempt_is_in_the_log_with_its_end(case: Case, ended: dict[str, Ended]) -> None:
    run = ended[str(case)]
    asked_to_wait = 1.0 if "retry-after" in case.fault else 0.0
    for number, step in enumerate(run.view.steps):
        attempts = (2, 3) if case.stays else (2,) if number == 0 else ()
        retries = run.retries(step)
        assert [attempt for attempt, _ in retries] == list(attempts if case.row.is_tried_again else ())
        for attempt, seconds in retries:
            assert asked_to_wait - 0.01 <= seconds <= asked_to_wait + 2 ** (attempt - 2) + 0.01
    if case.row.is_tried_again and not (case.is_slow and case.stays):  # there a request may end before it arrives
        assert run.asked == (3 * AGENTS if case.stays else AGENTS + 1)


@pytest.mark.parametrize("case", [case for case in CASES if "interrupted" in case.row.happens], ids=str)
def test_what_came_before_a_break_stays_as_interrupted(case: Case, ended: dict[str, Ended]) -> None:
    run = ended[str(case)]
    attempts = (3 if case.row.is_tried_again else 1) if case.fault != "reset" else 0
    for step in run.view.steps[: AGENTS if case.stays else 1]:
        ends = [(event["metadata"]["finish"], event["content"]) for event in run.of(step, "agent_response")]
        interrupted = [text for finish, text in ends if finish == "interrupted"]
        assert len(interrupted) == (attempts if case.stays else min(attempts, 1))
        assert all(text and (DONE.text.startswith(text) or case.fault == "huge") for text in interrupted)
        assert [m.finish for m in step.messages] == [finish for finish, _ in ends], "no message streams for ever"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_reader_sees_no_technical_text(case: Case, ended: dict[str, Ended]) -> None:
    run = ended[str(case)]
    for seen in (run.events, [json.loads(part) for part in parted(run.over_http)]):
        leaks = [text for text in texts(seen) if PROSE.search(text) and TECHNICAL.search(text)]
        assert leaks == []
    assert "sk-test" not in json.dumps(run.events) + run.over_http


def parted(documents: str) -> list[str]:
    """The two documents that were read one after the other."""
    _, end = json.JSONDecoder().raw_decode(documents)
    return [documents[:end], documents[end:]]


def texts(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)


async def test_a_service_that_is_not_there_is_waited_for_and_found_again(start_server: StartServer) -> None:
    lost, stayed = next((row.sentence, row.in_the_end) for row in rows() if row.what.startswith("no connection"))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        server = start_server(OPENAI_BASE_URL=url, OPENAI_API_KEY="sk-test")
        async with httpx2.AsyncClient(base_url=server.url) as http:
            run_id = (await http.post("/api/runs", json={"brief": "A word counter"})).json()["run_id"]
        follower = Follower(run_id)
        async with follower.connected(server.socket_url) as events:
            async for event in events:
                if event["type"] == "agent_status" and event["agent_name"] == "Architect":
                    break
            async with listening(ModelServer(lambda _: DONE).app, listener):
                async for _ in events:
                    if follower.view.ended_at:
                        break
    view = follower.view
    assert (view.status, view.outcome) == ("completed", "partial")
    assert [error.message for error in view.errors if error.step == view.steps[0].step] == [lost, lost, stayed]
    assert view.steps[0].messages[-1].finish == "fallback"
    assert [step.messages[-1].finish for step in view.steps[2:]] == ["complete"] * 3
