"""Runs that go on from other runs, on a real server, over HTTP and over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from botarmy.client import Client, ClientError
from botarmy.domain.views import RunView
from tests.acceptance.servers import ServerProcess

BRIEF = "A tip calculator for groups"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("forks") / "data")
    process.start()
    yield process
    process.stop()


async def to_its_end(client: Client, run_id: str) -> RunView:
    async for _ in client.follow(run_id):
        pass
    return await client.run(run_id)


@pytest.fixture
async def finished(server: ServerProcess) -> RunView:
    async with Client(server.url) as client:
        return await to_its_end(client, await client.start(BRIEF))


class TestAgainFromAStep:
    async def test_the_new_run_shares_what_is_before_and_ends_like_the_first(
        self, server: ServerProcess, finished: RunView
    ) -> None:
        async with Client(server.url) as client:
            second = await to_its_end(client, await client.fork(finished.run_id, "developer"))
        assert (second.status, second.outcome, second.forked_from) == ("completed", "succeeded", finished.run_id)
        assert [a.sha256 for a in second.artifacts] == [a.sha256 for a in finished.artifacts]
        assert [m.text for m in second.steps[0].messages] == [m.text for m in finished.steps[0].messages]

    async def test_it_stays_whole_when_the_first_is_deleted(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client:
            second = await client.fork(finished.run_id, "deployer")
            await client.delete(finished.run_id)
            view = await to_its_end(client, second)
            for artifact in view.artifacts:
                answer = httpx2.get(f"{server.url}/api/runs/{second}/artifacts/{artifact.path}")
                assert len(answer.raise_for_status().content) == artifact.size

    async def test_the_same_command_again_begins_no_other_run(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client:
            first = await client.fork(finished.run_id, "tester", command_id="once")
            assert await client.fork(finished.run_id, "tester", command_id="once") == first
            with pytest.raises(ClientError) as refusal:
                await client.fork(finished.run_id, "analyst", command_id="once")
        assert refusal.value.code == "id_reused"

    async def test_over_a_websocket(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client, client.live("runs") as live:
            args: dict[str, Any] = {"run_id": finished.run_id, "step": "tester", "title": "Once more"}
            result = await live.command("fork_run", args)
            view = await to_its_end(client, result["run_id"])
        assert (view.title, view.forked_from, view.outcome) == ("Once more", finished.run_id, "succeeded")

    async def test_it_may_ask_for_approvals_that_the_first_did_not(
        self, server: ServerProcess, finished: RunView
    ) -> None:
        async with Client(server.url) as client:
            second = await client.fork(finished.run_id, "deployer", options={"approvals": ["Deployer"]})
            async for moment in client.follow(second):
                if moment.view.status == "waiting":
                    break
            (request,) = moment.view.requests
        assert (request.kind, request.step, request.status) == ("approval", "deployer", "open")

    async def test_what_cannot_be_is_refused(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client:
            running = await client.start(BRIEF)
            await client.cancel(running)
            codes = [
                await code_of(client.fork(finished.run_id, "nobody")),
                await code_of(client.fork("nowhere", "tester")),
                await code_of(client.fork(running, "deployer")),
                await code_of(client.fork(finished.run_id, "tester", brief="")),
            ]
        assert codes == ["unknown_step", "unknown_run", "step_not_reached", "empty_brief"]


class TestFollowUp:
    async def test_the_same_team_goes_on_with_the_files(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client:
            second = await to_its_end(client, await client.follow_up(finished.run_id, "Now add dark mode."))
        assert (second.outcome, second.forked_from) == ("succeeded", finished.run_id)
        (before,) = second.before
        assert (before.brief, before.title) == (BRIEF, finished.title)
        files = {artifact.path: artifact for artifact in second.artifacts}
        assert {artifact.path for artifact in finished.artifacts} < set(files)
        assert files["docs/changes.md"].step == "analyst"
        assert files["docs/requirements.md"].version == 2
        assert any("Now add dark mode" in message.text for message in second.steps[0].messages)

    async def test_over_a_websocket(self, server: ServerProcess, finished: RunView) -> None:
        async with Client(server.url) as client, client.live("runs") as live:
            result = await live.command("follow_up_run", {"run_id": finished.run_id, "brief": "Add a chart"})
            assert (await to_its_end(client, result["run_id"])).forked_from == finished.run_id

    async def test_a_run_that_has_not_ended_is_told_a_note_instead(self, start_server: Any) -> None:
        slow = await asyncio.to_thread(start_server, BOTARMY_DEMO_SPEED="1")
        async with Client(slow.url) as client:
            assert await code_of(client.follow_up(await client.start(BRIEF), "More")) == "run_not_ended"


async def code_of(asked: Any) -> str:
    with pytest.raises(ClientError) as refusal:
        await asked
    return refusal.value.code
