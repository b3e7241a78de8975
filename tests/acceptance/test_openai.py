"""The whole server with the real OpenAI client, against a local server that speaks OpenAI's API over a real socket."""

from __future__ import annotations

from pathlib import Path

import anyio
import httpx2

from botarmy.domain.views import RunView
from botarmy.llm.server import Reply, play
from botarmy.teams import load_teams
from tests.acceptance.conftest import StartServer
from tests.acceptance.followers import Follower
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import serve


async def run_to_its_end(server: ServerProcess, brief: str) -> tuple[RunView, Follower]:
    async with httpx2.AsyncClient(base_url=server.url, timeout=30) as http:
        run_id = (await http.post("/api/runs", json={"brief": brief})).json()["run_id"]
    follower = Follower(run_id)
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if follower.view.ended_at:
                return follower.view, follower
    raise AssertionError("the connection ended before the run did")


async def test_five_agents_build_a_working_project_with_a_model(start_server: StartServer, tmp_path: Path) -> None:
    async with serve(play) as provider:
        server = start_server(**provider.env)
        view, follower = await run_to_its_end(server, "A word counter")
        artifacts = view.artifacts
        async with httpx2.AsyncClient(base_url=server.url) as http:
            for artifact in artifacts:
                file = tmp_path / "project" / artifact.path
                file.parent.mkdir(parents=True, exist_ok=True)
                path = f"/api/runs/{view.run_id}/artifacts/{artifact.path}"
                file.write_bytes((await http.get(path)).content)

    assert view.outcome == "succeeded"
    assert [step.status for step in view.steps] == ["completed"] * 5
    assert {message.model for step in view.steps for message in step.messages} == {"gpt-5-mini"}
    assert all(call.status == "completed" for step in view.steps for call in step.tool_calls)
    assert view.usage.input_tokens > 0
    assert {"docs/requirements.md", "docs/architecture.md"} <= {artifact.path for artifact in artifacts}
    assert sum(event["type"] == "agent_delta" for event in follower.seen.values()) > len(view.steps)
    tests = await anyio.run_process(["node", "--test"], cwd=tmp_path / "project", check=False)
    assert tests.returncode == 0, tests.stdout


async def test_each_agent_is_told_what_the_earlier_ones_did(start_server: StartServer) -> None:
    async with serve(play) as provider:
        server = start_server(**provider.env)
        view, _ = await run_to_its_end(server, "A word counter")
        prompts = [str(asked.body) for asked in provider.server.asked]
    analyst = next(m.text for m in view.steps[0].messages if m.text)
    assert not any(analyst[:60] in prompt for prompt in prompts[:1])
    assert any(analyst[:60].splitlines()[0] in prompt for prompt in prompts[-2:])
    assert all("A word counter" in prompt for prompt in prompts)


async def test_a_rejected_key_is_told_in_words_leaks_nowhere_and_is_not_tried_again(start_server: StartServer) -> None:
    async with serve([Reply(status=401)] * 50) as provider:
        server = start_server(**provider.env)
        view, _ = await run_to_its_end(server, "A word counter")
        server.stop()
        assert len(provider.server.asked) == len(view.steps)
    assert (view.status, view.outcome) == ("completed", "partial")
    assert {message.finish for step in view.steps for message in step.messages} == {"fallback"}
    assert {error.severity for error in view.errors} == {"warning"}
    assert {error.code for error in view.errors} == {"model_rejected_key"}
    assert {error.message for error in view.errors} == {"The AI service did not accept the key."}
    key = provider.env["OPENAI_API_KEY"]
    for file in [server.log, *server.folder.iterdir()]:
        assert key.encode() not in file.read_bytes(), file


async def test_the_run_goes_on_with_a_prepared_message_for_an_agent_that_failed(start_server: StartServer) -> None:
    async with serve([Reply(status=400)] + [Reply(text="Done as far as possible.")] * 20) as provider:
        server = start_server(**provider.env)
        view, _ = await run_to_its_end(server, "A word counter")
        prompts = [str(asked.body) for asked in provider.server.asked]
    assert [step.status for step in view.steps] == ["completed"] * 5
    assert (view.status, view.outcome) == ("completed", "partial")
    (message,) = view.steps[0].messages
    assert (message.finish, message.text) == ("fallback", load_teams().by_name["software"].steps[0].fallback)
    assert "Agent Analyst encountered an issue. Continuing with workflow..." in prompts[-1]
    assert "docs/requirements.md" in prompts[-1]


async def test_a_failure_that_passes_is_waited_out_in_plain_sight(start_server: StartServer) -> None:
    busy = Reply(status=429, headers={"retry-after": "1"})
    async with serve([busy] + [Reply(text="Done as far as possible.")] * 20) as provider:
        server = start_server(**provider.env)
        view, follower = await run_to_its_end(server, "A word counter")
    assert (view.status, view.outcome) == ("completed", "succeeded")
    (error,) = view.errors
    assert (error.message, error.severity) == ("AI service is busy. Retrying in a moment...", "warning")
    waits = [event["metadata"] for event in follower.seen.values() if event["metadata"].get("retry_at")]
    assert [(wait["status"], wait["call_attempt"]) for wait in waits] == [("retrying", 2)]
