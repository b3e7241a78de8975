"""Who may do what: every route and every command, for everybody there is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from botarmy.delivery.topics import _KINDS
from botarmy.service.asking import COMMANDS
from tests.acceptance.people import HELD_TEAM, Person, owner_of_the_machine, somebody
from tests.acceptance.servers import ServerProcess

OPEN, KNOWN, ADMIN, START, SEE, COMMAND = (
    "open",
    "somebody known",
    "admins",
    "starts",
    "sees the run",
    "commands the run",
)
ROUTES = {
    "GET /healthz": OPEN,
    "GET /readyz": OPEN,
    "GET /api/session": OPEN,
    "POST /api/session": OPEN,
    "DELETE /api/session": OPEN,
    "GET /api/status": KNOWN,
    "GET /api/teams": KNOWN,
    "POST /api/teams/validate": START,
    "POST /api/teams/import": ADMIN,
    "GET /api/teams/{name}": KNOWN,
    "GET /api/teams/{name}/file": KNOWN,
    "PUT /api/teams/{name}": ADMIN,
    "DELETE /api/teams/{name}": ADMIN,
    "POST /api/crashes": KNOWN,
    "GET /api/runs": KNOWN,
    "GET /api/requests": KNOWN,
    "GET /api/usage": KNOWN,
    "GET /api/analytics": KNOWN,
    "GET /api/analytics.csv": KNOWN,
    "GET /metrics": ADMIN,
    "GET /api/stats": ADMIN,
    "GET /api/connections": ADMIN,
    "GET /api/workers": ADMIN,
    "GET /api/jobs": KNOWN,
    "GET /api/tokens": ADMIN,
    "POST /api/tokens": ADMIN,
    "DELETE /api/tokens/{token_id}": ADMIN,
    "GET /api/providers": ADMIN,
    "POST /api/providers/{name}/test": ADMIN,
    "GET /api/settings": ADMIN,
    "GET /api/notifications": ADMIN,
    "POST /api/notifications/test": ADMIN,
    "GET /api/about": ADMIN,
    "POST /api/runs": START,
    "POST /api/attachments": START,
    "POST /agui": KNOWN,  # its commands go the way of all
    "GET /api/events": KNOWN,
    "GET /api/runs/{run_id}": SEE,
    "GET /api/runs/{run_id}/events": SEE,
    "GET /api/runs/{run_id}/messages": SEE,
    "GET /api/runs/{run_id}/artifacts": SEE,
    "GET /api/runs/{run_id}/attachments/{number}": SEE,
    "GET /api/runs/{run_id}/audit": SEE,
    "GET /api/runs/{run_id}/file": SEE,
    "POST /api/runs/import": START,
    "GET /api/runs/{run_id}/artifacts.zip": SEE,
    "GET /api/runs/{run_id}/artifacts/{path}": SEE,
    "PUT /api/runs/{run_id}/artifacts/{path}": COMMAND,
    "DELETE /api/runs/{run_id}": COMMAND,
    "POST /api/runs/{run_id}/fork": COMMAND,
    "POST /api/runs/{run_id}/follow-up": COMMAND,
    "POST /api/runs/{run_id}/notes": COMMAND,
    "POST /api/runs/{run_id}/{action}": COMMAND,
    "POST /api/runs/{run_id}/steps/{step}/{action}": COMMAND,
    "POST /api/runs/{run_id}/requests/{request_id}": COMMAND,
}
"""A route that is not here has no rule yet: decide, and write it down."""
BODIES: dict[str, Any] = {
    "POST /api/session": {},  # a token that is not valid would count, and too many of them shut the others out
    "POST /api/tokens": {"user": "carl", "role": "viewer", "expires_in": 1},
    "POST /api/teams/validate": {"yaml": "name: pair"},
    "PUT /api/teams/{name}": {"yaml": "name: pair"},
    "POST /api/runs": {"brief": "Wait", "team": "held"},
    "POST /api/runs/{run_id}/fork": {"step": "tester"},
    "POST /api/runs/{run_id}/follow-up": {"brief": "More"},
    "POST /api/runs/{run_id}/notes": {"content": "Hello"},
    "POST /api/runs/{run_id}/requests/{request_id}": {"decision": "respond", "answer": "Yes"},
    "PUT /api/runs/{run_id}/artifacts/{path}": {"content": "Hello"},
}
ARGUMENTS: dict[str, dict[str, object]] = {
    "start_run": {"brief": "Wait", "team": "held"},
    "fork_run": {"step": "tester"},
    "follow_up_run": {"brief": "More"},
    "pause_run": {},
    "resume_run": {},
    "cancel_run": {},
    "delete_run": {},
    "retry_step": {"step": "tester"},
    "skip_step": {"step": "tester"},
    "answer_request": {"request_id": "q", "decision": "respond", "answer": "Yes"},
    "add_note": {"content": "Hello"},
    "edit_artifact": {"path": "a.txt", "content": "Hello"},
}
TOPICS = {"runs": KNOWN, "jobs": KNOWN, "workers": ADMIN, "log": ADMIN, "connections": ADMIN, "stats": ADMIN}
"""Beside those of single runs."""
CALLERS = ["nobody", "a viewer", "the owner", "another member", "an admin", "the machine's owner"]
REFUSALS = {"not_signed_in", "bad_token", "only_watching", "admins_only", "unknown_run"}
REFUSED = {
    KNOWN: {"nobody": "not_signed_in"},
    ADMIN: {
        "nobody": "not_signed_in",
        "a viewer": "admins_only",
        "the owner": "admins_only",
        "another member": "admins_only",
    },
    START: {"nobody": "not_signed_in", "a viewer": "only_watching"},
    SEE: {"nobody": "not_signed_in", "another member": "unknown_run"},
    COMMAND: {"nobody": "not_signed_in", "a viewer": "only_watching", "another member": "unknown_run"},
}
"""By rule and caller; who is not named may."""
STATUS = {"not_signed_in": 401, "only_watching": 403, "admins_only": 403, "unknown_run": 404}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("rights")
    (folder / "teams").mkdir()
    (folder / "teams" / "held.yaml").write_text(HELD_TEAM, encoding="utf-8")
    process = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(folder / "teams"), "BOTARMY_AUTH": "on"})
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def people(server: ServerProcess) -> dict[str, Person]:
    return {
        "nobody": Person(server),
        "a viewer": somebody(server, "vera", "viewer"),
        "the owner": somebody(server, "anna", "member"),
        "another member": somebody(server, "bob", "member"),
        "an admin": somebody(server, "root", "admin"),
        "the machine's owner": owner_of_the_machine(server),
    }


def code_of(answer: httpx2.Response) -> str | None:
    is_problem = answer.headers.get("content-type") == "application/problem+json"
    return str(answer.json()["code"]) if is_problem else None


def test_every_route_has_a_rule(people: dict[str, Person]) -> None:
    paths = people["an admin"].asks("GET", "/api/openapi.json").json()["paths"]
    assert {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods} == set(ROUTES)


def test_every_command_and_every_topic_has_a_rule() -> None:
    assert set(ARGUMENTS) == set(COMMANDS)
    assert set(_KINDS) == {"run", "watchers", *TOPICS}


def test_the_description_of_the_routes_is_for_who_is_known(people: dict[str, Person]) -> None:
    assert code_of(people["nobody"].asks("GET", "/api/openapi.json")) == "not_signed_in"


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize("route", ROUTES)
def test_a_route_is_for_whom_its_rule_names(route: str, caller: str, people: dict[str, Person]) -> None:
    method, template = route.split()
    run_id = people["the owner"].starts() if "{run_id}" in template else ""
    path = template.format(
        run_id=run_id,
        path="a.txt",
        step="tester",
        action="pause",
        request_id="q",
        token_id="none",
        name="openai",
        number=1,
    ).replace("steps/tester/pause", "steps/tester/skip")
    answer = people[caller].asks(method, path, json=BODIES.get(route))
    expected = REFUSED.get(ROUTES[route], {}).get(caller)
    if expected is not None:
        assert (code_of(answer), answer.status_code) == (expected, STATUS[expected])
    elif route != "POST /api/session":
        assert code_of(answer) not in REFUSALS
    assert answer.status_code < 500


@pytest.mark.parametrize("caller", CALLERS[1:])
@pytest.mark.parametrize("name", ARGUMENTS)
async def test_a_command_is_for_whom_its_rule_names(name: str, caller: str, people: dict[str, Person]) -> None:
    args = ARGUMENTS[name] if name == "start_run" else {"run_id": people["the owner"].starts(), **ARGUMENTS[name]}
    async with people[caller].connected() as talk:
        reply = await talk.command(name, args)
    code = None if reply["ok"] else reply["error"]["code"]
    expected = REFUSED[START if name == "start_run" else COMMAND].get(caller)
    assert code == expected if expected else code not in REFUSALS


@pytest.mark.parametrize("path", ["", "/events", "/messages", "/artifacts", "/artifacts.zip", "/artifacts/a.txt"])
def test_a_foreign_run_looks_like_one_that_never_was(path: str, people: dict[str, Person]) -> None:
    foreign, unknown = people["the owner"].starts(), "01a1f8fb-0000-7000-8000-000000000000"
    answers = [people["another member"].asks("GET", f"/api/runs/{run_id}{path}") for run_id in (foreign, unknown)]
    assert answers[0].json() == answers[1].json()
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("caller", CALLERS[1:])
@pytest.mark.parametrize("topic", TOPICS)
async def test_a_topic_is_for_whom_its_rule_names(topic: str, caller: str, people: dict[str, Person]) -> None:
    async with people[caller].connected() as talk:
        await talk.say({"type": "subscribe", "id": "1", "topics": [topic]})
        answer = await talk.hear("snapshot", "error")
    expected = "error" if REFUSED[TOPICS[topic]].get(caller) else "snapshot"
    assert answer["type"] == expected
    assert expected == "snapshot" or answer["error"]["code"] == "unknown_topic"


@pytest.mark.parametrize(
    ("caller", "sees"),
    [("a viewer", True), ("the owner", True), ("another member", False), ("an admin", True)],
)
async def test_jobs_are_those_of_the_runs_that_one_may_see(caller: str, sees: bool, people: dict[str, Person]) -> None:
    run_id = people["the owner"].starts()
    async with people[caller].connected("jobs") as talk:
        jobs = (await talk.hear("snapshot"))["data"]["jobs"]
    assert (run_id in {job["run_id"] for job in jobs}) is sees


@pytest.mark.parametrize(
    ("caller", "sees"),
    [("a viewer", True), ("the owner", True), ("another member", False), ("an admin", True)],
)
async def test_lists_and_topics_hold_what_one_may_see(caller: str, sees: bool, people: dict[str, Person]) -> None:
    run_id = people["the owner"].starts()
    listed = people[caller].asks("GET", "/api/runs?limit=200").json()["runs"]
    assert (run_id in {run["run_id"] for run in listed}) is sees
    async with people[caller].connected("runs") as talk:
        snapshot = await talk.hear("snapshot")
        assert (run_id in {run["run_id"] for run in snapshot["data"]["runs"]}) is sees
        await talk.say({"type": "subscribe", "id": "1", "topics": [f"run:{run_id}"]})
        answer = await talk.hear("snapshot", "error")
        assert (answer["type"] == "snapshot") is sees
        assert sees or answer["error"]["code"] == "unknown_topic"


@pytest.mark.parametrize(
    ("caller", "owners"),
    [
        ("a viewer", ["anna", "bob"]),
        ("the owner", ["anna"]),
        ("another member", ["bob"]),
        ("an admin", ["anna", "bob"]),
    ],
)
async def test_events_come_of_the_runs_that_one_may_see_and_of_no_other(
    caller: str, owners: list[str], people: dict[str, Person]
) -> None:
    async with people[caller].connected("runs") as talk:
        await talk.hear("snapshot")
        made = {people["the owner"].starts(), people["another member"].starts()}
        seen: dict[str, str] = {}
        while set(seen.values()) < set(owners):
            for event in (await talk.hear("events"))["events"]:
                if event["type"] == "run_status" and event["metadata"]["status"] == "created":
                    seen[event["run_id"]] = event["metadata"]["owner"]
    assert set(seen) <= made
    assert sorted(set(seen.values())) == owners


def welcomed(person: Person, topics: list[str], *, resuming: bool) -> set[str]:
    """The topics that an event stream of this person's follows, of those that it was asked for."""
    headers = {"authorization": f"Bearer {person.token}"}
    if resuming:
        epoch = person.asks("GET", "/api/status").json()["epoch"]
        headers["last-event-id"] = f"{epoch}:1"
    url = f"{person.server.url}/api/events"
    with httpx2.stream("GET", url, params={"topics": topics}, headers=headers, timeout=30) as answer:
        frames = (json.loads(line[6:]) for line in answer.iter_lines() if line.startswith("data: "))
        welcome = next(frame for frame in frames if frame["type"] == "welcome")
    assert welcome["resumed"] is resuming
    return set(welcome["topics"])


@pytest.mark.parametrize("resuming", [False, True])
@pytest.mark.parametrize("caller", CALLERS[1:])
def test_event_streams_are_held_to_the_same_rules(caller: str, resuming: bool, people: dict[str, Person]) -> None:
    run_id = people["the owner"].starts()
    rules = {**TOPICS, f"run:{run_id}": SEE, f"watchers:{run_id}": SEE}
    expected = {topic for topic, rule in rules.items() if caller not in REFUSED[rule]}
    assert welcomed(people[caller], list(rules), resuming=resuming) == expected


def looked(person: Person, thread: str, *said: str) -> list[dict[str, Any]]:
    """What an AG-UI run tells, without what is the client's own."""
    messages = [{"id": f"m{number}", "role": "user", "content": text} for number, text in enumerate(said)]
    answer = person.asks("POST", "/agui", json={"threadId": thread, "runId": "1", "messages": messages})
    events = [json.loads(line[6:]) for line in answer.text.splitlines() if line.startswith("data: ")]
    return [{name: value for name, value in event.items() if name != "threadId"} for event in events]


def test_to_an_agui_client_a_foreign_project_looks_like_one_that_never_was(people: dict[str, Person]) -> None:
    foreign, unknown = people["the owner"].starts(), "01a1f8fb-0000-7000-8000-000000000000"
    other = people["another member"]
    assert looked(other, foreign) == looked(other, unknown)
    assert looked(other, foreign)[-1]["code"] == "empty_brief"


def test_an_agui_client_commands_nothing_for_a_viewer(people: dict[str, Person]) -> None:
    run_id = people["the owner"].starts()
    for thread in (run_id, "a thread of their own"):
        assert looked(people["a viewer"], thread, "Do it in red")[-1]["code"] == "only_watching"
    assert people["the owner"].asks("GET", f"/api/runs/{run_id}").json()["notes"] == []
