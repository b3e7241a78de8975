"""Analytics over HTTP: who sees what of whom, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.acceptance.people import HELD_TEAM, Person, somebody
from tests.acceptance.servers import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("analytics")
    (folder / "teams").mkdir()
    (folder / "teams" / "held.yaml").write_text(HELD_TEAM, encoding="utf-8")
    process = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(folder / "teams"), "BOTARMY_AUTH": "on"})
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def people(server: ServerProcess) -> dict[str, Person]:
    """Anna has two runs, one of them cancelled, and Bob has one."""
    anna, bob = somebody(server, "anna", "member"), somebody(server, "bob", "member")
    anna.starts()
    anna.asks("POST", f"/api/runs/{anna.starts()}/cancel").raise_for_status()
    bob.starts()
    return {
        "anna": anna,
        "bob": bob,
        "vera": somebody(server, "vera", "viewer"),
        "root": somebody(server, "root", "admin"),
    }


def read(person: Person, query: str = "") -> Any:
    return person.asks("GET", f"/api/analytics?{query}").raise_for_status().json()


@pytest.mark.parametrize(("who", "runs"), [("anna", 2), ("bob", 1), ("vera", 3), ("root", 3)])
def test_members_see_their_own_runs_and_others_all(people: dict[str, Person], who: str, runs: int) -> None:
    found = read(people[who])
    assert found["total"]["runs"] == runs
    assert sum(day["runs"] for day in found["days"]) == runs
    assert len(found["days"]) == 30
    assert found["choices"]["owners"] == (["anna", "bob"] if runs == 3 else [who])


def test_figures_can_be_narrowed_to_an_owner_and_a_team(people: dict[str, Person]) -> None:
    assert read(people["root"], "owner=anna")["total"]["cancelled"] == 1
    assert read(people["root"], "owner=bob&team=held")["total"]["open"] == 1
    assert read(people["root"], "team=software")["total"]["runs"] == 0
    assert read(people["anna"], "owner=bob")["total"]["runs"] == 0, "a member sees nothing of another one"


def test_days_are_those_of_the_zone_that_is_named(people: dict[str, Person]) -> None:
    found = read(people["root"], "days=2&tz=Pacific/Auckland")
    assert (found["tz"], len(found["days"]), found["total"]["runs"]) == ("Pacific/Auckland", 2, 3)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("tz=Mars", "unknown_zone"),
        ("days=0", "bad_arguments"),
        ("days=401", "bad_arguments"),
        ("from=yesterday", "bad_arguments"),
        ("from=2026-01-02&to=2026-01-01", "bad_arguments"),
    ],
)
def test_what_cannot_be_answered_is_refused(people: dict[str, Person], query: str, code: str) -> None:
    for path in ("/api/analytics?", "/api/analytics.csv?table=days&"):
        answer = people["root"].asks("GET", path + query)
        assert (answer.status_code, answer.json()["code"]) == (422, code)


@pytest.mark.parametrize("table", ["days", "teams", "agents", "models", "kinds", "longest", "failures"])
def test_each_table_is_there_as_csv(people: dict[str, Person], table: str) -> None:
    answer = people["root"].asks("GET", f"/api/analytics.csv?table={table}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert f"botarmy-{table}-" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    found = read(people["root"])[table]
    assert len(rows) == len(found)
    for row, one in zip(rows, found, strict=True):
        assert row.keys() == one.keys()


def test_csv_is_of_the_runs_that_one_may_see(people: dict[str, Person]) -> None:
    answer: httpx2.Response = people["anna"].asks("GET", "/api/analytics.csv?table=teams")
    (row,) = csv.DictReader(io.StringIO(answer.text, newline=""))
    assert (row["team"], row["runs"], row["cancelled"]) == ("held", "2", "1")


def test_an_unknown_table_is_refused(people: dict[str, Person]) -> None:
    answer = people["root"].asks("GET", "/api/analytics.csv?table=secrets")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_arguments")


def test_a_deleted_run_leaves_the_figures(people: dict[str, Person], server: ServerProcess) -> None:
    carl = somebody(server, "carl", "member")
    run_id = carl.starts()
    assert read(carl)["total"]["runs"] == 1
    carl.asks("DELETE", f"/api/runs/{run_id}").raise_for_status()
    assert read(carl)["total"]["runs"] == 0
