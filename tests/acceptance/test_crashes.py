"""A page that broke tells the server, which writes one line about it, and nothing that anybody wrote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from botarmy.service.crashes import PER_ADDRESS
from tests.acceptance.people import Person, somebody
from tests.acceptance.servers import ServerProcess

KEY = "sk-proj-abcdefgh12345678"
KNOWN = "correct-horse-battery-staple"
CRASH = {
    "reference": "7F3K-9Q2M",
    "where": "The conversation",
    "page": "/projects",
    "name": "TypeError",
    "message": "Cannot read properties of undefined (reading 'text')",
    "frames": ["Message /assets/project-page-4f1c.js:1:2045", "/assets/index-9a.js:2:10"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    environ = {"BOTARMY_AUTH": "on", "BOTARMY_TRUSTED_PROXIES": "127.0.0.1", "SMTP_PASSWORD": KNOWN}
    process = ServerProcess(tmp_path_factory.mktemp("crashes") / "data", environ)
    process.start()
    yield process
    process.stop()


def report(who: Person, **more: object) -> httpx2.Response:
    return who.asks("POST", "/api/crashes", json={**CRASH, **more})


def logged(server: ServerProcess, reference: str) -> dict[str, Any]:
    """The line that the reference finds."""
    lines = server.log.read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if reference in line]
    found: dict[str, Any] = json.loads(line)
    return found


def test_the_reference_that_the_page_shows_finds_what_broke_in_the_log(server: ServerProcess) -> None:
    anna = somebody(server, "anna", "member")
    answer = report(anna, reference="AAAA-2222")
    assert (answer.status_code, answer.json()) == (202, {"reference": "AAAA-2222"})
    line = logged(server, "AAAA-2222")
    assert (line["event"], line["level"], line["user"]) == ("page_crashed", "error", "anna")
    assert line["fault"] == CRASH["message"]
    assert line["frames"] == CRASH["frames"]
    assert (line["where"], line["page"], line["name"]) == ("The conversation", "/projects", "TypeError")


def test_who_only_watches_may_say_that_their_page_broke(server: ServerProcess) -> None:
    assert report(somebody(server, "vera", "viewer"), reference="AAAA-3333").status_code == 202


@pytest.mark.parametrize(
    ("reference", "message", "written"),
    [
        (
            "BBBB-2222",
            "Unexpected token 'D', \"Dear Anna,\"... is not valid JSON",
            "Unexpected token “…”, “…”... is not valid JSON",
        ),
        ("BBBB-3333", "no “private words” here", "no “…” here"),
        ("BBBB-4444", 'cut off in "the middle of a', "cut off in “…”"),
        ("BBBB-5555", "undefined (reading 'what somebody wrote')", "undefined (reading “…”)"),
        ("BBBB-6666", "undefined (reading 'length')", "undefined (reading 'length')"),
    ],
)
def test_what_a_fault_quotes_is_not_written_down(
    server: ServerProcess, reference: str, message: str, written: str
) -> None:
    bert = somebody(server, "bert", "member")
    assert report(bert, reference=reference, message=message).status_code == 202
    assert logged(server, reference)["fault"] == written


def test_secrets_are_taken_out_known_ones_and_those_that_look_like_one(server: ServerProcess) -> None:
    carl = somebody(server, "carl", "member")
    report(carl, reference="CCCC-2222", message=f"refused {KEY} and {KNOWN}")
    assert logged(server, "CCCC-2222")["fault"] == "refused [removed] and [removed]"
    log = server.log.read_text(encoding="utf-8")
    assert KEY not in log
    assert KNOWN not in log


@pytest.mark.parametrize(
    "wrong",
    [
        {"reference": "7F3K"},
        {"message": "x" * 301},
        {"message": "two\nlines"},
        {"message": "\x1b[31mred"},
        {"frames": ["Dear Anna, /assets/a.js:1:1"]},
        {"frames": ["a /assets/a.js:1:1"] * 21},
        {"page": "/projects/01a1f8fa"},
        {"brief": "A tip calculator"},
    ],
)
def test_what_is_no_report_is_refused_and_not_written_down(server: ServerProcess, wrong: dict[str, object]) -> None:
    before = server.log.read_text(encoding="utf-8").count("page_crashed")
    answer = report(somebody(server, "dora", "member"), **wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_arguments")
    assert server.log.read_text(encoding="utf-8").count("page_crashed") == before


def test_who_is_not_known_is_not_heard(server: ServerProcess) -> None:
    assert report(Person(server), reference="DDDD-2222").json()["code"] == "not_signed_in"
    assert "DDDD-2222" not in server.log.read_text(encoding="utf-8")


def test_a_page_that_breaks_again_and_again_does_not_fill_the_log(server: ServerProcess) -> None:
    emil = somebody(server, "emil", "member")
    answers = [report(emil) for _ in range(PER_ADDRESS + 1)]
    assert [answer.status_code for answer in answers] == [202] * PER_ADDRESS + [429]
    assert answers[-1].json()["code"] == "too_many_crashes"
    assert int(answers[-1].headers["retry-after"]) > 0
