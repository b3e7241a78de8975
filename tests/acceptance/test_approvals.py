"""Approvals and edits over a whole server, through HTTP and through a WebSocket: each decision, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest

from tests.acceptance.people import somebody
from tests.acceptance.rooms import BOTH, NOTES, Json, Room, answer
from tests.acceptance.servers import ServerProcess

TEAM: Final = """
name: {name}
steps:
  - name: Writer
    instructions: Write the text.
    artifacts: [docs/writer.md]
    {writer}
  - name: Printer
    instructions: Print it.
    {printer}
"""
AFTER, BEFORE = "approval: after", "approval: before"
TEAMS: Final = {
    "gated": TEAM.format(name="gated", writer=AFTER, printer=""),
    "careful": TEAM.format(name="careful", writer="", printer=BEFORE),
    "first": TEAM.format(name="first", writer=BEFORE, printer=""),
}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("approvals")
    teams = folder / "teams"
    teams.mkdir()
    for name, text in TEAMS.items():
        (teams / f"{name}.yaml").write_text(text, encoding="utf-8")
    environ = {"BOTARMY_TEAMS_DIR": str(teams), "BOTARMY_AUTH": "on", "BOTARMY_MODEL": "demo"}
    process = ServerProcess(folder / "data", environ)
    process.start()
    yield Room(process)
    process.stop()


def statuses(view: Json) -> list[str]:
    return [step["status"] for step in view["steps"]]


# --- Each decision ------------------------------------------------------------------------------------------------


@BOTH
async def test_work_waits_until_it_is_approved(room: Room, transport: str) -> None:
    run_id = room.starts()
    request = await room.asked(run_id)
    assert (request["kind"], request["gate"]["when"], request["step"]) == ("approval", "after", "writer")
    assert [file["path"] for file in request["gate"]["artifacts"]] == [NOTES]
    assert request["gate"]["excerpt"]
    async with room.desk(transport) as desk:
        assert (await desk.command("answer_request", **answer(run_id, request, "approve")))["ok"]
    view = await room.ended(run_id)
    assert (view["outcome"], view["requests"][0]["by"]) == ("succeeded", "anna")


@BOTH
async def test_an_edited_file_is_what_the_next_agent_gets(room: Room, transport: str) -> None:
    run_id = room.starts()
    request = await room.asked(run_id)
    async with room.desk(transport) as desk:
        assert (await desk.command("answer_request", **answer(run_id, request, "edit", "# Bees\n", path=NOTES)))["ok"]
    view = await room.ended(run_id)
    (artifact,) = [one for one in view["artifacts"] if one["path"] == NOTES]
    assert (artifact["version"], artifact["by"], room.text(run_id)) == (2, "anna", "# Bees\n")
    assert view["requests"][0]["gate"]["edited"]["version"] == 2


@BOTH
async def test_sent_back_work_comes_again_with_what_was_said_in_it(room: Room, transport: str) -> None:
    run_id = room.starts()
    request = await room.asked(run_id)
    async with room.desk(transport) as desk:
        assert (await desk.command("answer_request", **answer(run_id, request, "reject", "More about honey")))["ok"]
        again = await room.asked(run_id, round_=2)
        assert "More about honey" in room.text(run_id)
        said = "".join(one["text"] for one in room.view(run_id)["steps"][0]["messages"] if one["attempt"] == 2)
        assert "More about honey" in said
        assert (await desk.command("answer_request", **answer(run_id, again, "approve")))["ok"]
    assert (await room.ended(run_id))["outcome"] == "succeeded"


@BOTH
async def test_a_response_is_taken_up_in_the_same_round(room: Room, transport: str) -> None:
    run_id = room.starts()
    async with room.desk(transport) as desk:
        reply = await desk.command("answer_request", **answer(run_id, await room.asked(run_id), "respond", "For whom?"))
        assert reply["ok"]
        await room.asked(run_id, round_=1)
    assert "For whom?" in room.text(run_id)


@BOTH
@pytest.mark.parametrize(
    ("choice", "states"),
    [
        ("Approve it as it is", ["completed", "completed"]),
        ("Skip this step", ["skipped", "completed"]),
        ("Stop the project", ["error", "skipped"]),
    ],
)
async def test_sent_back_three_times_a_person_is_asked_what_now(
    room: Room, transport: str, choice: str, states: list[str]
) -> None:
    run_id = room.starts()
    async with room.desk(transport) as desk:
        for round_ in (1, 2, 3):
            request = await room.asked(run_id, round_)
            assert (await desk.command("answer_request", **answer(run_id, request, "reject", f"No {round_}")))["ok"]
        request = await room.asked(run_id, 3)
        assert (request["kind"], choice in request["options"]) == ("question", True)
        assert (await desk.command("answer_request", **answer(run_id, request, "respond", choice)))["ok"]
    assert statuses(await room.ended(run_id)) == states


@BOTH
@pytest.mark.parametrize(
    ("decision", "words", "told"),
    [("approve", None, []), ("edit", "On thick paper", ["On thick paper"])],
)
async def test_an_agent_begins_once_it_may(
    room: Room, transport: str, decision: str, words: str | None, told: list[str]
) -> None:
    run_id = room.starts("careful")
    request = await room.asked(run_id)
    assert (request["gate"]["when"], request["step"], request["prompt"]) == ("before", "printer", "May Printer begin?")
    async with room.desk(transport) as desk:
        assert (await desk.command("answer_request", **answer(run_id, request, decision, words)))["ok"]
    view = await room.ended(run_id)
    assert (view["outcome"], [note["content"] for note in view["notes"]]) == ("succeeded", told)


@BOTH
async def test_what_an_agent_would_begin_with_is_done_again_first(room: Room, transport: str) -> None:
    run_id = room.starts("careful")
    async with room.desk(transport) as desk:
        request = await room.asked(run_id)
        assert (await desk.command("answer_request", **answer(run_id, request, "reject", "More about honey")))["ok"]
        request = await room.asked(run_id, round_=2)
        assert "More about honey" in room.text(run_id)
        assert (await desk.command("answer_request", **answer(run_id, request, "approve")))["ok"]
    assert statuses(await room.ended(run_id)) == ["completed", "completed"]


@BOTH
async def test_a_first_agent_that_may_not_begin_is_skipped(room: Room, transport: str) -> None:
    run_id = room.starts("first")
    async with room.desk(transport) as desk:
        request = await room.asked(run_id)
        assert request["gate"]["excerpt"] == "A text about bees"
        assert (await desk.command("answer_request", **answer(run_id, request, "reject")))["ok"]
    assert statuses(await room.ended(run_id)) == ["skipped", "completed"]


# --- Who is asked -------------------------------------------------------------------------------------------------


async def test_whoever_starts_a_project_says_when_to_be_asked(room: Room) -> None:
    assert (await room.ended(room.starts("gated", approvals="none")))["requests"] == []
    each = await room.asked(room.starts("careful", approvals="each"))
    assert (each["step"], each["gate"]["when"]) == ("writer", "after")
    one = await room.asked(room.starts("gated", approvals=["printer"]))
    assert one["step"] == "printer"
    assert room.view(room.starts("gated", approvals=["Printer"]))["options"]["approvals"] == ["Printer"]


@pytest.mark.parametrize(
    ("approvals", "code", "words"),
    [
        (["Painter"], "unknown_agent", "This team has no agent called “Painter”."),
        ("sometimes", "bad_arguments", "“options.approvals” does not have the right form"),
        ([""], "bad_arguments", "options.approvals"),
        (["x"] * 51, "bad_arguments", "options.approvals"),
        (3, "bad_arguments", "options.approvals"),
    ],
)
async def test_a_wish_that_cannot_be_met_is_refused_at_the_start(
    room: Room, approvals: object, code: str, words: str
) -> None:
    body = {"brief": "Bees", "team": "gated", "options": {"approvals": approvals}}
    refusal = room.anna.asks("POST", "/api/runs", json=body)
    assert (refusal.status_code, refusal.json()["code"]) == (422, code)
    assert words in refusal.json()["message"]


# --- First answer, stale answer -----------------------------------------------------------------------------------


async def test_of_two_people_on_two_transports_at_once_one_decides_and_the_other_is_told_so(room: Room) -> None:
    for first, second in (("http", "websocket"), ("websocket", "http")) * 3:
        run_id = room.starts()
        request = await room.asked(run_id)
        async with AsyncExitStack() as stack:
            anna = await stack.enter_async_context(room.desk(first, room.anna))
            root = await stack.enter_async_context(room.desk(second, room.root))
            replies = await asyncio.gather(
                anna.command("answer_request", **answer(run_id, request, "approve")),
                root.command("answer_request", **answer(run_id, request, "edit", "# Wasps\n")),
            )
        view = await room.ended(run_id)
        assert sorted(reply["ok"] for reply in replies) == [False, True]
        (late,) = [reply["error"] for reply in replies if not reply["ok"]]
        assert late["code"] == "request_closed"
        assert view["requests"][0]["by"] == ("anna" if replies[0]["ok"] else "root")
        assert (room.text(run_id) == "# Wasps\n") is replies[1]["ok"]


@BOTH
async def test_an_answer_to_what_has_changed_is_refused_with_the_new_subject(room: Room, transport: str) -> None:
    run_id = room.starts()
    seen = await room.asked(run_id)
    async with room.desk("http", room.root) as root, room.desk(transport) as anna:
        assert (await root.command("edit_artifact", run_id=run_id, path=NOTES, content="# Wasps\n"))["ok"]
        refusal = await anna.command("answer_request", **answer(run_id, seen, "approve"))
        now = await room.asked(run_id)
        assert refusal["error"]["code"] == "request_stale"
        assert refusal["error"]["subject"] == now["subject"] != seen["subject"]
        assert (now["request_id"], now["opened_at"]) == (seen["request_id"], seen["opened_at"])
        assert (await anna.command("answer_request", **answer(run_id, now, "approve")))["ok"]
        late = await anna.command("answer_request", **answer(run_id, now, "reject", "No"))
        assert late["error"]["code"] == "request_closed"
        assert "subject" not in late["error"]
    assert (await room.ended(run_id))["outcome"] == "succeeded"


@BOTH
async def test_an_answer_to_a_request_of_another_project_is_refused(room: Room, transport: str) -> None:
    first, second = room.starts(), room.starts()
    foreign = await room.asked(second)
    await room.asked(first)
    async with room.desk(transport) as desk:
        refusal = await desk.command("answer_request", **answer(first, foreign, "approve"))
        assert refusal["error"]["code"] == "unknown_request"
    bob = somebody(room.server, f"bob-{transport}", "member")
    async with room.desk(transport, bob) as desk:
        refusal = await desk.command("answer_request", **answer(second, foreign, "approve"))
        assert refusal["error"]["code"] == "unknown_run"
    assert (await room.asked(second))["status"] == "open"


@BOTH
@pytest.mark.parametrize(
    ("decision", "words", "more", "code"),
    [
        ("maybe", "x", {}, "bad_arguments"),
        ("edit", None, {}, "empty_edit"),
        ("edit", "x", {"path": "docs/none.md"}, "unknown_artifact"),
        ("respond", " ", {}, "empty_note"),
        ("reject", "x" * 40_000, {}, "note_too_long"),
    ],
)
async def test_a_decision_that_cannot_be_carried_out_is_refused_in_words(
    room: Room, transport: str, decision: str, words: str | None, more: Json, code: str
) -> None:
    run_id = room.starts()
    request = await room.asked(run_id)
    async with room.desk(transport) as desk:
        refusal = await desk.command("answer_request", **answer(run_id, request, decision, words, **more))
    assert (refusal["ok"], refusal["error"]["code"]) == (False, code)
    assert (await room.asked(run_id))["subject"] == request["subject"]


# --- Files --------------------------------------------------------------------------------------------------------


@BOTH
async def test_after_the_end_a_file_is_edited_and_what_depends_on_it_is_done_again(room: Room, transport: str) -> None:
    run_id = room.starts(approvals="none")
    before = await room.ended(run_id)
    async with room.desk(transport) as desk:
        assert (await desk.command("edit_artifact", run_id=run_id, path=NOTES, content="# Wasps\n"))["ok"]
        assert room.view(run_id)["status"] == "completed"
        edit = {"run_id": run_id, "path": NOTES, "content": "# Hornets\n", "rerun": True}
        assert (await desk.command("edit_artifact", **edit))["ok"]
    after = await room.ended(run_id)
    assert [step["attempt"] for step in before["steps"]] == [1, 1]
    assert [step["attempt"] for step in after["steps"]] == [1, 2]
    (artifact,) = [one for one in after["artifacts"] if one["path"] == NOTES]
    assert (artifact["version"], artifact["by"], room.text(run_id)) == (3, "anna", "# Hornets\n")


@BOTH
async def test_a_file_of_a_paused_project_is_edited(room: Room, transport: str) -> None:
    run_id = room.starts()
    await room.asked(run_id)
    async with room.desk(transport) as desk:
        await desk.command("pause_run", run_id=run_id)
        edit = {"run_id": run_id, "path": NOTES, "content": "# Wasps\n", "rerun": True}
        assert (await desk.command("edit_artifact", **edit))["ok"]
        await desk.command("resume_run", run_id=run_id)
        request = await room.asked(run_id)
        assert [file["version"] for file in request["gate"]["artifacts"]] == [2]


@BOTH
async def test_a_file_that_is_not_there_cannot_be_edited(room: Room, transport: str) -> None:
    run_id = room.starts()
    async with room.desk(transport) as desk:
        refusal = await desk.command("edit_artifact", run_id=run_id, path="docs/none.md", content="x")
    assert refusal["error"]["code"] == "unknown_artifact"


async def test_an_edit_of_ten_megabytes_is_taken_and_a_larger_one_is_refused_in_words(room: Room) -> None:
    run_id = room.starts()
    await room.asked(run_id)
    largest = "x" * 10 * 1024 * 1024
    for content, status, code in ((f"{largest}x", 413, "file_too_large"), (largest * 2, 413, "too_large")):
        refusal = room.anna.asks("PUT", f"/api/runs/{run_id}/artifacts/{NOTES}", json={"content": content})
        assert (refusal.status_code, refusal.json()["code"]) == (status, code)
    taken = room.anna.asks("PUT", f"/api/runs/{run_id}/artifacts/{NOTES}", json={"content": largest})
    assert (taken.status_code, len(room.text(run_id))) == (200, len(largest))
    refusal = room.anna.asks("POST", f"/api/runs/{run_id}/notes", json={"content": largest})
    assert refusal.json()["code"] == "too_large"


# --- A power cut --------------------------------------------------------------------------------------------------


async def test_a_project_waits_for_approval_over_power_cuts_paused_or_not(tmp_path: Path) -> None:
    teams = tmp_path / "teams"
    teams.mkdir()
    (teams / "gated.yaml").write_text(TEAMS["gated"], encoding="utf-8")
    environ = {"BOTARMY_TEAMS_DIR": str(teams), "BOTARMY_AUTH": "on", "BOTARMY_MODEL": "demo"}
    server = ServerProcess(tmp_path / "data", environ)
    server.start()
    try:
        room = Room(server)
        waiting, paused = room.starts(), room.starts()
        seen, held = await room.asked(waiting), await room.asked(paused)
        room.anna.asks("POST", f"/api/runs/{paused}/pause")
        for _ in range(2):
            server.kill()
            server.start()
        assert await room.asked(waiting) == seen
        assert room.view(paused)["status"] == "paused"
        async with room.desk("http") as desk:
            for run_id, request in ((waiting, seen), (paused, held)):
                assert (await desk.command("answer_request", **answer(run_id, request, "edit", "# Bees\n")))["ok"]
        server.kill()
        server.start()
        assert room.view(paused)["status"] == "paused"
        room.anna.asks("POST", f"/api/runs/{paused}/resume")
        for run_id in (waiting, paused):
            assert (await room.ended(run_id))["outcome"] == "succeeded"
            assert room.text(run_id) == "# Bees\n"
    finally:
        server.stop()
