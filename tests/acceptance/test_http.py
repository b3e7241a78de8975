"""The HTTP surface of a real server: what a person gets, and what is refused in which words."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.acceptance.followers import Follower
from tests.acceptance.servers import ServerProcess

BRIEF = "Track my reading list"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    process = ServerProcess(tmp_path_factory.mktemp("http") / "data")
    process.start()
    yield process
    process.stop()


@pytest.fixture
def http(server: ServerProcess) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, timeout=30) as client:
        yield client


@pytest.fixture
async def finished(server: ServerProcess, http: httpx2.Client) -> str:
    """The id of a run that has ended well."""
    run_id = str(http.post("/api/runs", json={"brief": BRIEF}).json()["run_id"])
    follower = Follower(run_id)
    async with follower.connected(server.socket_url) as events:
        async for _ in events:
            if follower.view.ended_at:
                return run_id
    raise AssertionError("the connection ended before the run did")


def refused(response: httpx2.Response, code: str, status: int) -> None:
    problem = response.json()
    assert (problem["code"], response.status_code) == (code, status), problem
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["title"] == problem["message"]
    for sentence in (problem["message"], problem["action"]):
        assert sentence.endswith((".", "...")), sentence
        assert "Error" not in sentence
        assert "{" not in sentence


class TestRuns:
    async def test_a_finished_run_can_be_read_listed_and_replayed(self, http: httpx2.Client, finished: str) -> None:
        view = http.get(f"/api/runs/{finished}").json()
        assert view["status"] == "completed"
        assert view["outcome"] == "succeeded"
        assert [step["status"] for step in view["steps"]] == ["completed"] * 5
        (summary,) = [run for run in http.get("/api/runs").json()["runs"] if run["run_id"] == finished]
        assert summary["progress"] == 1
        early = http.get(f"/api/runs/{finished}", params={"at": view["position"] - 30}).json()
        assert early["status"] == "running"
        assert early["version"] < view["version"]

    async def test_events_are_paged_without_a_gap(self, http: httpx2.Client, finished: str) -> None:
        whole = http.get(f"/api/runs/{finished}/events", params={"limit": 1000}).json()
        assert whole["next"] is None
        paged: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            page = http.get(f"/api/runs/{finished}/events", params={"after": after, "limit": 7}).json()
            assert len(page["events"]) <= 7
            assert page["epoch"] == whole["epoch"]
            paged += page["events"]
            after = page["next"]
        assert paged == whole["events"]

    async def test_messages_are_paged_from_the_newest_back(self, http: httpx2.Client, finished: str) -> None:
        path = f"/api/runs/{finished}/messages"
        whole = http.get(path).json()["messages"]
        view = http.get(f"/api/runs/{finished}").json()
        assert whole == sorted(
            ({**message, "step": step["step"]} for step in view["steps"] for message in step["messages"]),
            key=lambda message: (message["started_at"], message["message_id"]),
        )
        last = http.get(path, params={"limit": 2}).json()["messages"]
        assert last == whole[-2:]
        assert http.get(path, params={"limit": 3, "before": last[0]["message_id"]}).json()["messages"] == whole[-5:-2]
        refused(http.get(path, params={"before": "nothing"}), "bad_arguments", 422)

    def test_a_command_sent_twice_under_one_key_has_one_effect(self, http: httpx2.Client) -> None:
        headers = {"Idempotency-Key": "the-same"}
        first = http.post("/api/runs", json={"brief": BRIEF}, headers=headers)
        assert first.status_code == 201
        assert http.post("/api/runs", json={"brief": BRIEF}, headers=headers).json() == first.json()
        refused(http.post("/api/runs", json={"brief": "Another"}, headers=headers), "id_reused", 409)

    async def test_a_deleted_run_is_gone(self, http: httpx2.Client, finished: str) -> None:
        assert http.delete(f"/api/runs/{finished}").status_code == 200
        refused(http.get(f"/api/runs/{finished}"), "run_deleted", 410)
        refused(http.get(f"/api/runs/{finished}/artifacts"), "run_deleted", 410)
        refused(http.get(f"/api/runs/{finished}/events"), "run_deleted", 410)
        assert finished not in [run["run_id"] for run in http.get("/api/runs").json()["runs"]]

    @pytest.mark.parametrize(
        ("body", "code", "status"),
        [
            ({"brief": ""}, "empty_brief", 422),
            ({"brief": " \n\t "}, "empty_brief", 422),
            ({"brief": "x" * (32 * 1024 + 1)}, "brief_too_long", 422),
            ({"brief": "é" * (16 * 1024 + 1)}, "brief_too_long", 422),
            ({"brief": "x" * 3_000_000}, "too_large", 413),
            ({"brief": BRIEF, "title": ""}, "bad_title", 422),
            ({"brief": BRIEF, "title": "x" * 201}, "bad_title", 422),
            ({"brief": BRIEF, "team": "nobody"}, "unknown_team", 422),
            ({"brief": BRIEF, "options": {"colour": "red"}}, "bad_arguments", 422),
            ({"brief": BRIEF, "unknown": 1}, "bad_arguments", 422),
            ({"brief": 5}, "bad_arguments", 422),
            ({}, "bad_arguments", 422),
            ([], "bad_arguments", 422),
            ("brief", "bad_arguments", 422),
        ],
    )
    def test_a_bad_brief_is_refused_in_words(self, http: httpx2.Client, body: Any, code: str, status: int) -> None:
        refused(http.post("/api/runs", json=body), code, status)

    @pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"{'brief': 1}", b"[" * 100_000])
    def test_what_is_not_json_is_refused_in_words(self, http: httpx2.Client, body: bytes) -> None:
        response = http.post("/api/runs", content=body, headers={"content-type": "application/json"})
        assert response.json()["code"] in ("bad_json", "bad_arguments")
        assert response.status_code in (400, 422)

    def test_a_brief_with_every_kind_of_character_is_kept(self, http: httpx2.Client) -> None:
        brief = 'Ünïcödé 👩‍👩‍👧 "quotes" \\ </script> \u202e rtl'
        run_id = http.post("/api/runs", json={"brief": brief}).json()["run_id"]
        assert http.get(f"/api/runs/{run_id}").json()["brief"] == brief

    def test_characters_that_cannot_be_stored_are_replaced(self, http: httpx2.Client) -> None:
        body = json.dumps({"brief": "half \ud83d and nul \x00"}).encode()
        response = http.post("/api/runs", content=body, headers={"content-type": "application/json"})
        if response.status_code == 201:
            brief = http.get(f"/api/runs/{response.json()['run_id']}").json()["brief"]
            assert brief == "half \ufffd and nul \ufffd"
        else:
            assert response.json()["code"] == "bad_json"

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", ""),
            ("GET", "/events"),
            ("GET", "/artifacts"),
            ("GET", "/artifacts.zip"),
            ("GET", "/artifacts/a.md"),
            ("POST", "/pause"),
            ("POST", "/resume"),
            ("POST", "/cancel"),
            ("DELETE", ""),
            ("POST", "/steps/analyst/retry"),
        ],
    )
    @pytest.mark.parametrize("run_id", ["nobody", "01939000-0000-7000-8000-000000000000", "%2e%2e", "'; drop table"])
    def test_an_unknown_run_is_refused_everywhere(
        self, http: httpx2.Client, method: str, path: str, run_id: str
    ) -> None:
        refused(http.request(method, f"/api/runs/{run_id}{path}"), "unknown_run", 404)

    async def test_commands_that_do_not_fit_are_refused(self, http: httpx2.Client, finished: str) -> None:
        run = f"/api/runs/{finished}"
        refused(http.post(f"{run}/pause"), "run_ended", 409)
        refused(http.post(f"{run}/cancel"), "run_ended", 409)
        refused(http.post(f"{run}/notes", json={"content": "hello"}), "run_ended", 409)
        refused(http.post(f"{run}/steps/analyst/retry"), "step_not_retryable", 409)
        refused(http.post(f"{run}/steps/nobody/retry"), "unknown_step", 404)
        refused(http.post(f"{run}/requests/nothing", json={"decision": "approve"}), "unknown_request", 404)
        refused(http.post(f"{run}/requests/nothing", json={"decision": "maybe"}), "bad_arguments", 422)
        refused(http.post(f"{run}/dance"), "bad_arguments", 422)

    @pytest.mark.parametrize("query", ["limit=0", "limit=9999", "limit=x", "before=%00", "before=nonsense"])
    def test_bad_list_queries_are_refused(self, http: httpx2.Client, query: str) -> None:
        refused(http.get(f"/api/runs?{query}"), "bad_arguments", 422)


class TestArtifacts:
    async def test_each_artifact_and_all_of_them_can_be_downloaded(self, http: httpx2.Client, finished: str) -> None:
        artifacts = http.get(f"/api/runs/{finished}/artifacts").json()["artifacts"]
        paths = [artifact["path"] for artifact in artifacts]
        assert {"docs/requirements.md", "docs/architecture.md", "app/index.html", "Dockerfile"} <= set(paths)
        archive = http.get(f"/api/runs/{finished}/artifacts.zip")
        assert archive.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(io.BytesIO(archive.content)) as files:
            assert files.testzip() is None
            assert files.namelist() == paths
            for artifact in artifacts:
                one = http.get(f"/api/runs/{finished}/artifacts/{artifact['path']}")
                assert one.content == files.read(artifact["path"])
                assert len(one.content) == artifact["size"]

    async def test_what_agents_wrote_cannot_run_in_our_name(self, http: httpx2.Client, finished: str) -> None:
        page = http.get(f"/api/runs/{finished}/artifacts/app/index.html")
        assert page.headers["content-security-policy"].startswith("sandbox")
        assert page.headers["content-disposition"].startswith("attachment")
        assert page.headers["x-content-type-options"] == "nosniff"

    @pytest.mark.parametrize(
        "path", ["nothing.md", "../secret", "%2e%2e/%2e%2e/etc/passwd", "/etc/passwd", "docs%5crequirements.md", "%00"]
    )
    async def test_other_paths_are_refused(self, http: httpx2.Client, finished: str, path: str) -> None:
        response = http.get(f"/api/runs/{finished}/artifacts/{path}")
        assert response.status_code == 404
        assert response.json()["code"] in ("unknown_artifact", "unknown_run", "not_found")

    async def test_an_unknown_version_is_refused(self, http: httpx2.Client, finished: str) -> None:
        path = f"/api/runs/{finished}/artifacts/docs/requirements.md"
        assert http.get(f"{path}?version=1").content == http.get(path).content
        refused(http.get(f"{path}?version=99"), "unknown_artifact", 404)
        refused(http.get(f"{path}?version=0"), "bad_arguments", 422)


class TestServer:
    def test_it_says_how_it_is(self, http: httpx2.Client) -> None:
        assert http.get("/healthz").json() == {"status": "ok"}
        assert http.get("/readyz").json()["status"] == "ready"
        status = http.get("/api/status").json()
        assert status["demo"] is True
        assert status["model"] == "demo"
        assert "/api/runs" in http.get("/api/openapi.json").json()["paths"]

    async def test_its_figures_follow_what_happens(self, http: httpx2.Client, finished: str) -> None:
        figures = http.get("/metrics").text
        assert finished not in figures, "labels stay few"
        assert 'botarmy_events_appended_total{type="agent_delta"}' in figures
        assert 'botarmy_command_seconds_count{name="start_run",outcome="done"}' in figures
        assert 'botarmy_jobs{status="queued"} ' in figures
        assert 'botarmy_commits_total{outcome="committed"}' in figures

    async def test_what_a_day_used_is_what_its_runs_used(self, http: httpx2.Client, finished: str) -> None:
        used = http.get("/api/usage?days=1").json()
        view = http.get(f"/api/runs/{finished}").json()
        figures = http.get("/metrics").text
        assert used["total"]["output_tokens"] >= view["usage"]["output_tokens"] > 0
        assert [day["day"] for day in used["days"]] == [used["today"]]
        assert {row["agent_name"] for row in used["usage"]} == {step["agent_name"] for step in view["steps"]}
        counted = float(used["total"]["output_tokens"])
        assert f'botarmy_model_tokens_total{{kind="output",model="demo"}} {counted}' in figures

    @pytest.mark.parametrize("days", ["0", "367", "-1", "many"])
    def test_usage_of_no_or_too_many_days_is_refused(self, http: httpx2.Client, days: str) -> None:
        refused(http.get(f"/api/usage?days={days}"), "bad_arguments", 422)

    def test_the_default_team_is_declared(self, http: httpx2.Client) -> None:
        team = http.get("/api/teams").json()["teams"][0]
        assert team["name"] == "software"
        names = [step["agent_name"] for step in team["steps"]]
        assert names == ["Analyst", "Architect", "Developer", "Tester", "Deployer"]

    def test_unknown_addresses_of_the_api_are_problems_and_others_are_the_page(self, http: httpx2.Client) -> None:
        refused(http.get("/api/nothing"), "not_found", 404)
        refused(http.put("/api/runs"), "not_allowed", 405)
        page = http.get("/projects/anything")
        assert page.status_code == 200
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize(
        "host", ["evil.example", "evil.example:8000", "localhost.evil.example", "", "127.0.0.1.evil.example"]
    )
    def test_it_answers_under_no_foreign_name(self, http: httpx2.Client, host: str) -> None:
        refused(http.get("/api/runs", headers={"host": host}), "bad_host", 400)

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:1", "file://"])
    def test_a_foreign_page_can_do_nothing(self, http: httpx2.Client, origin: str) -> None:
        refused(http.post("/api/runs", json={"brief": BRIEF}, headers={"origin": origin}), "bad_origin", 403)

    def test_every_answer_carries_a_strict_policy(self, http: httpx2.Client) -> None:
        for path in ("/", "/api/runs", "/api/nothing", "/healthz"):
            headers = http.get(path).headers
            assert "script-src 'self'" in headers["content-security-policy"]
            assert "worker-src 'self'" in headers["content-security-policy"]
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert "access-control-allow-origin" not in headers

    def test_a_stop_is_clean_and_quick(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        process = ServerProcess(tmp_path_factory.mktemp("stop") / "data")
        process.start()
        assert process.stop() == 0
        assert not (tmp_path_factory.getbasetemp() / "stop0" / "data" / "server.json").exists()
