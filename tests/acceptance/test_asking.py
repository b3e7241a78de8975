"""A model asks a person; the answer reaches it in another job, of another process."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

from botarmy.client import Client
from botarmy.llm.server import Call, Reply
from tests.acceptance.servers import ServerProcess
from tests.llm.openai_server import serve

TEAM = """
name: asking
steps:
  - name: Painter
    tools: [ask_user]
    instructions: Paint.
"""
ASK = Call(name="ask_user", arguments=json.dumps({"question": "Which colour?", "choices": ["red", "blue"]}))


async def test_a_question_outlives_the_server_and_its_answer_is_the_result_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "asking.yaml").write_text(TEAM, encoding="utf-8")
    replies = [Reply(text="One moment.", calls=(ASK,)), Reply(text="Painted in blue.")]
    async with serve(replies) as provider:
        settings = {"BOTARMY_TEAMS_DIR": str(tmp_path), "BOTARMY_MODEL": "openai-chat:gpt-5-mini", **provider.env}
        server = ServerProcess(tmp_path / "data", settings)
        await asyncio.to_thread(server.start)
        try:
            async with Client(server.url) as client:
                run_id = await client.start("A chair", team="asking")
                async for moment in client.follow(run_id):
                    if moment.view.status == "waiting":
                        break
                (request,) = moment.view.requests
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            async with Client(server.url) as client:
                await client.answer(run_id, request.request_id, "respond", "blue")
                async for _ in client.follow(run_id):
                    pass
                run = await client.run(run_id)
        finally:
            await asyncio.to_thread(server.stop)
        said = provider.server.asked[-1].messages[-1]
    assert (request.kind, request.prompt, request.options) == ("question", "Which colour?", ("red", "blue"))
    assert (said["role"], said["content"]) == ("tool", "The person answered: blue")
    assert [m.text for m in run.steps[0].messages] == ["One moment.", "Painted in blue."]
    assert run.outcome == "succeeded"
