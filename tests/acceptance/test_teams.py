"""Teams over HTTP: read, checked, saved, packed and deleted, and everything that is refused with nothing written."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Timer
from typing import Any
from urllib.parse import quote

import httpx2
import pytest

from tests.acceptance.conftest import StartServer
from tests.acceptance.people import Person, owner_of_the_machine, somebody
from tests.acceptance.servers import ServerProcess

STEP = "  - name: Writer\n    instructions: Write docs/a.md.\n"


def team(name: str, steps: str = STEP) -> str:
    return f"name: {name}\ntitle: The {name} team\nsteps:\n{steps}"


WITH_FILE = "  - name: Writer\n    instructions_file: roles/{}.md\n"
MARKER = "ran.txt"
PROGRAMS = {
    "command": f"  - name: Shell\n    agent: {{command: [touch, {MARKER}]}}\n",
    "python": f"  - name: Code\n    agent: python:pathlib:Path.{MARKER.replace('.', '_')}\n",
    "mcp": f"{STEP}    mcp: [{{name: tools, command: [touch, {MARKER}]}}]\n",
    "address": f"{STEP}    mcp: [{{name: far, url: 'http://127.0.0.1:9/', token_env: OPENAI_API_KEY}}]\n",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("teams")
    environ = {"BOTARMY_AUTH": "on", "BOTARMY_TRUSTED_PROXIES": "127.0.0.1"}
    process = ServerProcess(folder / "data", environ)
    process.start()
    yield process
    process.stop()


@pytest.fixture(scope="module")
def admin(server: ServerProcess) -> Person:
    return somebody(server, "ada", "admin")


@pytest.fixture
def folder(server: ServerProcess) -> Path:
    """Where the server keeps teams where no setting says otherwise."""
    return server.folder / "teams"


def saved(
    who: Person, name: str, text: str, instructions: Mapping[str, str] | None = None, version: str | None = None
) -> httpx2.Response:
    headers = {} if version is None else {"if-match": f'"{version}"'}
    body = {"yaml": text, **({} if instructions is None else {"instructions": instructions})}
    return who.asks("PUT", f"/api/teams/{name}", json=body, headers=headers)


def refusal(answer: httpx2.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["code"])


def names(who: Person) -> list[str]:
    return [one["name"] for one in who.asks("GET", "/api/teams").json()["teams"]]


def packed(files: Mapping[str, bytes | str]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return file.getvalue()


def files_in(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def written_around(folder: Path) -> set[Path]:
    """Every text file in the folder and the two above it."""
    return {path for path in folder.parent.parent.rglob("*") if path.suffix in (".md", ".txt", ".part")}


class TestReading:
    def test_everybody_reads_the_list_and_each_team_with_its_text(self, server: ServerProcess) -> None:
        viewer = somebody(server, "eve", "viewer")
        first = viewer.asks("GET", "/api/teams").json()["teams"][0]
        assert (first["name"], first["own"], first["programs"]) == ("software", False, False)
        one = viewer.asks("GET", "/api/teams/software")
        assert one.json()["team"] == first
        assert one.json()["yaml"].lstrip("# ").strip()
        assert one.headers["etag"] == f'"{one.json()["version"]}"'

    def test_the_steps_say_what_a_picture_needs(self, server: ServerProcess, admin: Person) -> None:
        steps = STEP + (
            "  - name: Editor\n    instructions: Edit.\n    needs: [writer]\n    approval: after\n"
            "    fallback: Nobody could.\n    phases: [read, cut]\n    tools: [read_file]\n"
        )
        plan = admin.asks("POST", "/api/teams/validate", json={"yaml": team("drawn", steps)}).json()["team"]
        writer, editor = plan["steps"]
        assert (writer["needs"], writer["agent"], writer["approval"], writer["fallback"]) == ([], "llm", None, False)
        assert (editor["needs"], editor["approval"], editor["fallback"]) == (["writer"], "after", True)
        assert (editor["phases"], editor["tools"]) == (["read", "cut"], ["read_file"])

    def test_a_team_that_is_not_there_is_not_found(self, admin: Person) -> None:
        for path in ("nobody", "software.yaml", "new", "x" * 90, "%00"):
            answer = admin.asks("GET", f"/api/teams/{quote(path, safe='%')}/file")
            assert (answer.status_code, refusal(answer)) == (404, "team_not_found")

    def test_without_a_token_nothing_is_read_checked_or_changed(self, server: ServerProcess) -> None:
        nobody = Person(server)
        for method, path in (
            ("GET", ""),
            ("GET", "/software"),
            ("GET", "/software/file"),
            ("POST", "/validate"),
            ("POST", "/import"),
            ("PUT", "/mine"),
            ("DELETE", "/mine"),
        ):
            answer = nobody.asks(method, f"/api/teams{path}")
            assert (answer.status_code, refusal(answer)) == (401, "not_signed_in")


class TestChecking:
    def judged(self, who: Person, text: str, **more: Any) -> dict[str, Any]:
        answer = who.asks("POST", "/api/teams/validate", json={"yaml": text, **more})
        assert answer.status_code == 200, answer.text
        verdict: dict[str, Any] = answer.json()
        return verdict

    def test_all_mistakes_are_told_with_their_lines_and_columns(self, admin: Person) -> None:
        text = "name: Bad Name\nsteps:\n  - name: Writer\n    tools: [write_fil]\n    attempts: 99\n"
        faults = self.judged(admin, text)["faults"]
        assert [(fault["line"], fault["column"]) for fault in faults] == [(1, 7), (4, 13), (5, 15)]
        assert "did you mean “write_file”?" in faults[1]["reason"]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("", 1),
            ("name: [", 1),
            ("name: a\nsteps: &a [*a]\n", 2),
            ("name: !!python/object/apply:os.system [touch ran.txt]\n", 1),
            ("a: " + "[" * 40, 1),
            ("name: a\x00", 1),
            (team("a", "  - name: W\n    instructions_file: ../../etc/passwd.md\n"), 5),
            (team("a", "  - name: W\n    instructions: x\n    needs: [other]\n"), 6),
        ],
    )
    def test_a_hostile_or_broken_text_is_a_fault_with_a_line(self, admin: Person, text: str, line: int) -> None:
        verdict = self.judged(admin, text)
        assert verdict["team"] is None
        assert verdict["faults"][0]["line"] == line

    def test_a_text_with_a_thousand_mistakes_gets_a_bounded_answer(self, admin: Person) -> None:
        text = "".join(f"wrong{number}: 1\n" for number in range(5_000))
        assert len(self.judged(admin, text)["faults"]) == 50

    def test_a_text_that_is_too_large_is_refused(self, admin: Person) -> None:
        assert "larger than 256 KiB" in self.judged(admin, "#" * (256 * 1024 + 1))["faults"][0]["reason"]
        answer = admin.asks("POST", "/api/teams/validate", json={"yaml": "#" * (4 * 1024 * 1024)})
        assert (answer.status_code, refusal(answer)) == (413, "too_large")

    @pytest.mark.parametrize("kind", PROGRAMS)
    def test_a_team_that_names_programs_is_read_and_nothing_of_it_runs(
        self, server: ServerProcess, admin: Person, kind: str
    ) -> None:
        verdict = self.judged(admin, team("reader", PROGRAMS[kind]))
        assert verdict["faults"] == []
        assert verdict["team"]["programs"] is True
        assert not list(server.folder.parent.rglob(MARKER))

    def test_members_may_check_and_viewers_may_not(self, server: ServerProcess) -> None:
        assert self.judged(somebody(server, "bob", "member"), team("fine"))["faults"] == []
        answer = somebody(server, "eve", "viewer").asks("POST", "/api/teams/validate", json={"yaml": team("fine")})
        assert (answer.status_code, refusal(answer)) == (403, "only_watching")

    def test_instructions_that_are_still_to_be_written_are_checked_with_it(self, admin: Person) -> None:
        text = team("a", WITH_FILE.format("writer"))
        assert "cannot be read" in self.judged(admin, text)["faults"][0]["reason"]
        assert self.judged(admin, text, instructions={"roles/writer.md": "Write."})["faults"] == []
        strange = self.judged(admin, text, instructions={"roles/writer.md": "Write.", "other.md": "x"})
        assert strange["faults"][0]["reason"] == "“other.md” is not named by the team"

    def test_nothing_is_kept_of_what_was_checked(self, admin: Person, folder: Path) -> None:
        self.judged(admin, team("unkept"))
        assert "unkept" not in names(admin)
        assert not (folder / "unkept.yaml").exists()


class TestSaving:
    async def test_a_saved_team_can_be_started_at_once_and_after_a_restart(self, start_server: StartServer) -> None:
        server = start_server()
        local = Person(server)
        assert saved(local, "quick", team("quick")).status_code == 201
        started = local.asks("POST", "/api/runs", json={"brief": "A poem", "team": "quick"})
        assert started.status_code == 201
        server.kill()
        server.start()
        assert "quick" in names(local)
        run = local.asks("GET", f"/api/runs/{started.json()['run_id']}").json()
        assert run["team"] == "quick"

    def test_the_log_says_who_did_it(self, server: ServerProcess, admin: Person) -> None:
        saved(admin, "logged", team("logged"))
        admin.asks("DELETE", "/api/teams/logged")
        lines = [line for line in server.log.read_text().splitlines() if '"logged"' in line]
        assert "team_saved" in lines[0]
        assert "team_removed" in lines[-1]
        assert all('"ada"' in line for line in lines)

    def test_two_people_do_not_overwrite_each_other(self, admin: Person) -> None:
        first = saved(admin, "shared", team("shared")).json()["version"]
        second = saved(admin, "shared", team("shared") + "budget: 2\n", version=first)
        assert second.status_code == 200
        late = saved(admin, "shared", team("shared") + "budget: 3\n", version=first)
        assert (late.status_code, refusal(late)) == (412, "team_changed")
        blind = saved(admin, "shared", team("shared"))
        assert (blind.status_code, refusal(blind)) == (409, "team_exists")
        gone = admin.asks("DELETE", "/api/teams/shared", headers={"if-match": f'"{first}"'})
        assert refusal(gone) == "team_changed"
        assert admin.asks("GET", "/api/teams/shared").json()["version"] == second.json()["version"]

    def test_of_many_who_make_the_same_team_at_once_one_does(self, admin: Person) -> None:
        with ThreadPoolExecutor(8) as people:
            answers = list(
                people.map(lambda number: saved(admin, "race", team("race") + f"budget: {number}\n"), range(1, 9))
            )
        assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
        (first,) = [answer.json() for answer in answers if answer.status_code == 201]
        assert admin.asks("GET", "/api/teams/race").json() == first

    def test_a_server_killed_while_it_saves_has_one_whole_text_and_no_older_one_than_it_confirmed(
        self, start_server: StartServer
    ) -> None:
        server = start_server()
        local = Person(server)
        texts = [team("kept", f"{STEP}    role: {'x' * 1_900}{number}\n") for number in range(200)]
        confirmed = [saved(local, "kept", texts[0]).json()["version"]]
        killer = Timer(0.5, server.kill)
        killer.start()
        try:
            for text in texts[1:]:
                confirmed.append(saved(local, "kept", text, version=confirmed[-1]).json()["version"])
        except httpx2.TransportError:
            pass
        killer.join()
        last = len(confirmed) - 1
        assert (server.folder / "teams" / "kept.yaml").read_text() in texts[last : last + 2]
        server.start()
        assert "kept" in names(local)

    def test_a_version_of_a_team_that_is_gone_makes_no_new_one(self, admin: Person) -> None:
        version = saved(admin, "brief", team("brief")).json()["version"]
        admin.asks("DELETE", "/api/teams/brief")
        assert refusal(saved(admin, "brief", team("brief"), version=version)) == "team_changed"
        assert "brief" not in names(admin)

    def test_only_admins_change_teams(self, server: ServerProcess, folder: Path) -> None:
        before = files_in(folder) if folder.exists() else {}
        for role in ("member", "viewer"):
            who = somebody(server, "bob", role)
            for answer in (
                saved(who, "theirs", team("theirs")),
                who.asks("DELETE", "/api/teams/software"),
                who.asks("POST", "/api/teams/import", content=team("theirs").encode()),
            ):
                assert (answer.status_code, refusal(answer)) == (403, "admins_only")
        assert (files_in(folder) if folder.exists() else {}) == before

    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_team_that_ships_stays_as_it_is(self, admin: Person, method: str) -> None:
        answer = admin.asks(method, "/api/teams/software", json={"yaml": team("software")})
        assert (answer.status_code, refusal(answer)) == (409, "team_ships")
        assert admin.asks("GET", "/api/teams/software").json()["team"]["own"] is False

    @pytest.mark.parametrize("kind", PROGRAMS)
    def test_a_team_that_runs_programs_is_refused_even_of_an_admin(
        self, admin: Person, folder: Path, kind: str
    ) -> None:
        for answer in (
            saved(admin, "shell", team("shell", PROGRAMS[kind])),
            admin.asks("POST", "/api/teams/import", content=team("shell", PROGRAMS[kind]).encode()),
        ):
            assert (answer.status_code, refusal(answer)) == (403, "team_runs_programs")
        assert not (folder / "shell.yaml").exists()
        assert not list(folder.parent.parent.rglob(MARKER))

    def test_a_setting_allows_programs_and_they_then_run(self, start_server: StartServer, tmp_path: Path) -> None:
        server = start_server(BOTARMY_SAVE_PROGRAMS="true")
        local = Person(server)
        steps = f"  - name: Shell\n    agent: {{command: [touch, {tmp_path / 'touched'}]}}\n    attempts: 1\n"
        assert saved(local, "shell", team("shell", steps)).status_code == 201
        run = local.asks("POST", "/api/runs", json={"brief": "x", "team": "shell"}).json()["run_id"]
        with httpx2.stream("GET", f"{server.url}/api/events?topics=run:{run}", timeout=30) as stream:
            for _ in stream.iter_lines():
                if (tmp_path / "touched").exists():
                    return
        pytest.fail("the program did not run")

    @pytest.mark.parametrize("name", ["new", "import", "recovery", "validate", "Big", "a_b", "-a", "ä", "a.b"])
    def test_a_name_that_means_something_else_is_refused(self, admin: Person, folder: Path, name: str) -> None:
        answer = saved(admin, name, team(name))
        assert (answer.status_code, refusal(answer)) == (422, "bad_team_name")
        assert not (folder / f"{name}.yaml").exists()

    def test_a_text_of_another_team_or_with_a_mistake_is_refused(self, admin: Person) -> None:
        other = saved(admin, "one", team("other"))
        assert (other.status_code, refusal(other)) == (422, "team_name_differs")
        wrong = saved(admin, "one", team("one") + "nonsense: 1\n")
        assert (wrong.status_code, refusal(wrong)) == (422, "bad_team_text")
        assert wrong.json()["message"].startswith("The text of the team is wrong in line 6: ")
        assert "one" not in names(admin)

    def test_a_team_that_another_falls_back_to_stays(self, admin: Person) -> None:
        saved(admin, "helper", team("helper"))
        rule = f"{STEP}    recovery: [{{on: ['*'], do: [{{fall_back: {{team: helper}}}}]}}]\n"
        assert saved(admin, "helped", team("helped", rule)).json()["team"]["stand_ins"] == ["helper"]
        answer = admin.asks("DELETE", "/api/teams/helper")
        assert (answer.status_code, refusal(answer)) == (409, "team_needed")
        assert {"helper", "helped"} <= set(names(admin))
        admin.asks("DELETE", "/api/teams/helped")
        assert admin.asks("DELETE", "/api/teams/helper").json() == {"name": "helper"}

    def test_what_was_begun_keeps_its_plan(self, admin: Person) -> None:
        held = f"{STEP}    requires: [patience]\n"
        version = saved(admin, "planned", team("planned", held)).json()["version"]
        run = admin.asks("POST", "/api/runs", json={"brief": "Wait", "team": "planned"}).json()["run_id"]
        more = held + "  - name: Second\n    instructions: More.\n"
        assert saved(admin, "planned", team("planned", more), version=version).status_code == 200
        assert [step["step"] for step in admin.asks("GET", f"/api/runs/{run}").json()["steps"]] == ["writer"]
        admin.asks("DELETE", "/api/teams/planned")
        assert admin.asks("GET", f"/api/runs/{run}").json()["team"] == "planned"


class TestTheFolder:
    def test_instructions_are_written_shared_and_tidied_away(self, admin: Person, folder: Path) -> None:
        text = team("roles", WITH_FILE.format("writer"))
        first = saved(admin, "roles", text, {"roles/writer.md": "Write well."})
        assert first.json()["instructions"] == {"roles/writer.md": "Write well."}
        assert (folder / "roles" / "writer.md").read_text() == "Write well."
        copy = saved(admin, "copy", team("copy", WITH_FILE.format("writer")), {"roles/writer.md": "Write well."})
        assert copy.status_code == 201
        other = saved(admin, "copy", team("copy", WITH_FILE.format("writer")), {"roles/writer.md": "Worse."},
                      copy.json()["version"])  # fmt: skip
        assert (other.status_code, refusal(other)) == (409, "team_file_taken")
        admin.asks("DELETE", "/api/teams/copy")
        assert (folder / "roles" / "writer.md").exists()
        admin.asks("DELETE", "/api/teams/roles")
        assert not (folder / "roles" / "writer.md").exists()

    @pytest.mark.parametrize(
        "path",
        ["../out.md", "/tmp/out.md", "a/../../out.md", ".hidden/a.md", "a.txt", "a\\b.md", "con.md", "x" * 300 + ".md"],
    )
    def test_instructions_stay_in_the_folder(self, admin: Person, folder: Path, path: str) -> None:
        text = team("outside", f"  - name: W\n    instructions_file: '{path}'\n")
        before = written_around(folder)
        assert refusal(saved(admin, "outside", text, {path: "Out."})) == "bad_team_text"
        assert written_around(folder) == before

    def test_a_link_in_the_folder_leads_nowhere(self, admin: Person, folder: Path, tmp_path: Path) -> None:
        folder.mkdir(exist_ok=True)
        (tmp_path / "secret.md").write_text("Secret.")
        (folder / "away").symlink_to(tmp_path, target_is_directory=True)
        (folder / "linked.md").symlink_to(tmp_path / "secret.md")
        try:
            for path in ("away/secret.md", "linked.md", "away/new.md"):
                text = team("linked", f"  - name: W\n    instructions_file: {path}\n")
                verdict = admin.asks("POST", "/api/teams/validate", json={"yaml": text}).json()
                assert verdict["team"] is None
                answer = saved(admin, "linked", text, {path: "Mine."})
                assert refusal(answer) == "team_file_taken"
                assert "Secret" not in answer.text + str(verdict)
            assert files_in(tmp_path) == {"secret.md": "Secret."}
        finally:
            (folder / "away").unlink()
            (folder / "linked.md").unlink()

    def test_a_file_made_by_hand_is_picked_up_and_named_where_it_is_wrong(self, start_server: StartServer) -> None:
        server = start_server()
        local, folder = Person(server), server.folder / "teams"
        server.stop()
        folder.mkdir()
        (folder / "hand.yml").write_text(team("hand"))
        (folder / "bad.yaml").write_text("name: bad\nsteps: 3\n")
        server.start()
        left = local.asks("GET", "/api/teams").json()["left_out"]
        assert [(one["file"], one["line"]) for one in left] == [("bad.yaml", 2)]
        version = local.asks("GET", "/api/teams/hand").json()["version"]
        assert saved(local, "hand", team("hand") + "budget: 1\n", version=version).status_code == 200
        assert set(files_in(folder)) == {"hand.yml", "bad.yaml"}
        taken = saved(local, "bad", team("bad"))
        assert (taken.status_code, refusal(taken)) == (409, "team_file_taken")
        assert (folder / "bad.yaml").read_text() == "name: bad\nsteps: 3\n"

    def test_the_text_of_a_team_made_by_hand_that_runs_programs_is_for_admins(
        self, start_server: StartServer, tmp_path: Path
    ) -> None:
        teams = tmp_path / "own"
        teams.mkdir()
        (teams / "shell.yaml").write_text(team("shell", PROGRAMS["command"]))
        server = start_server(BOTARMY_AUTH="on", BOTARMY_TEAMS_DIR=str(teams))
        assert MARKER in owner_of_the_machine(server).asks("GET", "/api/teams/shell").json()["yaml"]
        member = somebody(server, "bob", "member")
        seen = member.asks("GET", "/api/teams/shell")
        assert seen.json()["yaml"] is None
        assert MARKER not in seen.text
        assert refusal(member.asks("GET", "/api/teams/shell/file")) == "admins_only"

    def test_a_server_that_keeps_nothing_has_no_folder(self, start_server: StartServer) -> None:
        local = Person(start_server(BOTARMY_MEMORY="true"))
        answer = saved(local, "mine", team("mine"))
        assert (answer.status_code, refusal(answer)) == (409, "no_teams_folder")

    def test_a_folder_that_is_none_is_said_to_be_unwritable(self, start_server: StartServer) -> None:
        server = start_server()
        (server.folder / "teams").write_text("not a folder")
        answer = saved(Person(server), "mine", team("mine"))
        assert (answer.status_code, refusal(answer)) == (500, "teams_unwritable")
        assert answer.json()["reference"]
        assert str(server.folder) not in answer.text

    def test_a_file_that_is_replaced_keeps_its_rights_and_leaves_nothing_beside_it(
        self, admin: Person, folder: Path
    ) -> None:
        version = saved(admin, "rights", team("rights")).json()["version"]
        file = folder / "rights.yaml"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o640)
        saved(admin, "rights", team("rights") + "budget: 1\n", version=version)
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
        assert not [path for path in folder.rglob("*") if path.name.endswith(".part")]


class TestFiles:
    def test_a_team_goes_out_and_comes_in_as_one_file(self, admin: Person, start_server: StartServer) -> None:
        text = team("packed", WITH_FILE.format("packed"))
        saved(admin, "packed", text, {"roles/packed.md": "Pack."})
        file = admin.asks("GET", "/api/teams/packed/file")
        assert file.headers["content-type"] == "application/zip"
        assert "packed.zip" in file.headers["content-disposition"]
        there = Person(start_server())
        taken = there.asks("POST", "/api/teams/import", content=file.content)
        assert taken.status_code == 201
        assert (taken.json()["yaml"], taken.json()["instructions"]) == (text, {"roles/packed.md": "Pack."})
        assert there.asks("GET", "/api/teams/packed/file").content == file.content

    def test_a_team_without_instructions_beside_it_is_its_yaml(self, admin: Person) -> None:
        saved(admin, "plain", team("plain"))
        file = admin.asks("GET", "/api/teams/plain/file")
        assert (file.headers["content-type"], file.text) == ("application/yaml", team("plain"))
        again = admin.asks("POST", "/api/teams/import", content=file.content)
        assert (again.status_code, refusal(again)) == (409, "team_exists")

    @pytest.mark.parametrize(
        "files",
        [
            {},
            {"a.md": "x"},
            {"a.yaml": team("evil"), "b.yaml": team("evil")},
            {"deep/a.yaml": team("evil")},
            {"a.yaml": team("evil"), "../x.md": "x"},
            {"a.yaml": team("evil"), "/tmp/x.md": "x"},
            {"a.yaml": team("evil"), ".ssh/x.md": "x"},
            {"a.yaml": team("evil"), "run.sh": "x"},
            {"a.yaml": team("evil"), "empty.md": ""},
            {"a.yaml": team("evil"), "binary.md": b"\xff\xfe"},
            {"a.yaml": team("evil"), **{f"{number}.md": "x" for number in range(21)}},
            {"a.yaml": "#" * (300 * 1024)},
            {"a.yaml": team("evil"), "bomb.md": "0" * (50 * 1024 * 1024)},
        ],
    )
    def test_a_hostile_package_is_refused_whole(
        self, admin: Person, folder: Path, files: Mapping[str, bytes | str]
    ) -> None:
        before = files_in(folder)
        answer = admin.asks("POST", "/api/teams/import", content=packed(files))
        assert (answer.status_code, refusal(answer)) == (422, "bad_team_package")
        assert files_in(folder) == before

    @pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"\xff\xfe\x00", packed({"a.yaml": team("x")})[:-30]])
    def test_a_damaged_file_is_refused(self, admin: Person, content: bytes) -> None:
        assert refusal(admin.asks("POST", "/api/teams/import", content=content)) == "bad_team_package"

    def test_a_package_with_files_that_its_team_does_not_name_is_refused(self, admin: Person) -> None:
        answer = admin.asks("POST", "/api/teams/import", content=packed({"a.yaml": team("evil"), "x.md": "x"}))
        assert refusal(answer) == "bad_team_text"
        assert "not named by the team" in answer.json()["message"]

    def test_a_file_that_is_too_large_is_not_read(self, admin: Person) -> None:
        answer = admin.asks("POST", "/api/teams/import", content=b"#" * (4 * 1024 * 1024 + 1))
        assert (answer.status_code, refusal(answer)) == (413, "too_large")
