"""The examples of the how-to pages do what the pages say."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import zipfile
from dataclasses import fields
from itertools import pairwise
from pathlib import Path

import pytest

from botarmy.client import SyncClient
from botarmy.domain.errors import DomainError
from botarmy.domain.gates import WHAT_NOW
from botarmy.domain.recovery import Skip
from botarmy.domain.team import AgentSpec
from botarmy.llm.models import DEFAULT_MODEL
from botarmy.llm.providers import CUSTOM, PROVIDERS
from botarmy.llm.server import Call, Reply, play
from botarmy.teams.loader import load_teams, parse_team
from tests.acceptance.servers import ServerProcess
from tests.docs.pages import DOCS, PAGES, ROOT, blocks, prose, quoted, read, sections
from tests.docs.shell import run_python, run_shell
from tests.llm.openai_server import serve

AGUI = DOCS / "how-to" / "use-ag-ui.md"
FOLLOW = DOCS / "how-to" / "follow-a-run-from-a-program.md"
TEAM = DOCS / "how-to" / "write-a-team.md"
MODEL = DOCS / "how-to" / "use-a-model.md"
RECOVER = DOCS / "how-to" / "recover-from-failures.md"
APPROVE = DOCS / "how-to" / "approve-and-edit.md"
GIVE = DOCS / "how-to" / "give-files-along.md"
AGAIN = DOCS / "how-to" / "run-again-and-follow-up.md"
MONEY = DOCS / "how-to" / "keep-an-eye-on-the-money.md"
PROGRAMS = blocks(FOLLOW, "python", "text")
TOLD = [
    (program.text, told.text)
    for program, told in pairwise(PROGRAMS)
    if (program.language, told.language) == ("python", "text")
]


class TestFollowARun:
    def test_curl_follows_a_run_and_fetches_its_files(self, server: ServerProcess, folder: Path) -> None:
        said = run_shell(blocks(FOLLOW, "sh")[0].text, server, folder)
        assert "Analyst has started" in said
        assert said.splitlines()[-1] == "Deployer has finished"
        assert "app/index.html" in zipfile.ZipFile(folder / "project.zip").namelist()

    @pytest.mark.parametrize(("program", "told"), TOLD, ids=["follows a run", "is refused", "waits", "follows many"])
    def test_the_client(self, program: str, told: str, server: ServerProcess, folder: Path) -> None:
        assert run_python(program, server, folder).endswith(told)

    def test_the_client_has_downloaded_the_project(self, server: ServerProcess, folder: Path) -> None:
        run_python(PROGRAMS[0].text, server, folder)
        assert (folder / "pomodoro" / "start.sh").is_file()

    def test_bare_frames(self, server: ServerProcess, folder: Path) -> None:
        said = run_python(PROGRAMS[-1].text, server, folder).splitlines()
        assert said[0].startswith("follows A quiz about trees from position ")
        assert said[-2].endswith("run_status The project is complete")
        assert said[-1].startswith("resume with {'epoch': '")


class TestRunAgainAndFollowUp:
    @pytest.mark.parametrize("number", [0, 1], ids=["again", "follow up"])
    def test_a_program_does_what_the_page_shows(self, number: int, server: ServerProcess, folder: Path) -> None:
        program, told = blocks(AGAIN, "python")[number], blocks(AGAIN, "text")[number]
        assert run_python(program.text, server, folder).endswith(told.text)


class TestGiveFilesAlong:
    def test_a_program_does_what_the_page_shows(self, server: ServerProcess, folder: Path) -> None:
        said = run_python(blocks(GIVE, "python")[0].text, server, folder)
        assert said.endswith(blocks(GIVE, "text")[0].text)


class TestUseAgUi:
    def test_the_client_says_what_the_page_shows(self, server: ServerProcess) -> None:
        program, told = blocks(AGUI, "js")[0], blocks(AGUI, "text")[0]
        script = ROOT / "web" / "node_modules" / ".agui-example.mjs"
        script.write_text(program.text.replace("http://localhost:8000", server.url), encoding="utf-8")
        said = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60, check=True).stdout
        assert said.startswith(told.text)
        assert re.fullmatch(r"5 agents wrote \d+ files", said.splitlines()[-1])


class TestWriteATeam:
    def test_the_example_works_as_shown(self, folder: Path) -> None:
        (folder / "teams").mkdir()
        (folder / "teams" / "research.yaml").write_text(blocks(TEAM, "yaml")[0].text, encoding="utf-8")
        command, told = blocks(TEAM, "sh")[0], blocks(TEAM, "text")[0]
        said = run_shell(command.text, None, folder).splitlines()
        assert set(told.text.splitlines()) <= set(said)
        assert (folder / "answer" / "docs" / "answer.md").is_file()

    def test_the_wrong_file_is_refused_in_the_words_shown(self) -> None:
        with pytest.raises(DomainError) as refusal:
            parse_team(blocks(TEAM, "yaml wrong")[0].text, "bad.yaml")
        told = blocks(TEAM, "text")[1].text.strip()
        assert told == f"{refusal.value.message} {refusal.value.action}"

    def test_the_keys_are_those_that_a_file_may_hold(self) -> None:
        of_team, of_step = sections(TEAM)["What a file holds"].tables
        keys = {quoted(row[0])[0] for row in of_step}
        known = {field.name for field in fields(AgentSpec)} - {"step"} | {"id", "instructions_file", "recovery"}
        assert keys == known
        blank = "".join(f"    {key}:\n" for key in sorted(keys - {"name", "instructions"}))
        rest = "".join(f"{quoted(row[0])[0]}:\n" for row in of_team if quoted(row[0])[0] not in ("name", "steps"))
        parse_team(f"name: t\n{rest}steps:\n  - name: A\n    instructions: x\n{blank}", "t.yaml")


class TestUseAModel:
    async def test_a_compatible_server_is_asked_without_a_key_for_the_model_named(self, folder: Path) -> None:
        model = re.findall(r"OPENAI_BASE_URL=\S+ BOTARMY_MODEL=(\S+)", read(MODEL))[0]
        async with serve(play) as provider:
            settings = {"OPENAI_BASE_URL": provider.base_url, "BOTARMY_MODEL": model}
            command = "botarmy run 'A word counter' --into counter 2>&1 || true"
            said = await asyncio.to_thread(run_shell, command, None, folder, **settings)
        assert {asked.body["model"] for asked in provider.server.asked} == {model.partition(":")[2]}
        assert DomainError("model_unknown").message in said


class TestApproveAndEdit:
    def test_a_project_of_the_team_shown_waits_for_its_writer(self, folder: Path) -> None:
        teams = folder / "teams"
        teams.mkdir()
        (teams / "letters.yaml").write_text(blocks(APPROVE, "yaml")[0].text, encoding="utf-8")
        server = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(teams)})
        server.start()
        try:
            started = json.loads(run_shell(blocks(APPROVE, "sh")[0].text, server, folder))
            with SyncClient(server.url) as client:
                waiting = next(moment for moment in client.follow(started["run_id"]) if moment.view.status == "waiting")
        finally:
            server.stop()
        assert waiting.view.requests[0].prompt == "Writer is done: Writer. May the team go on with it?"

    def test_the_program_decides_as_shown(self, server: ServerProcess, folder: Path) -> None:
        program, told = blocks(APPROVE, "python")[0], blocks(APPROVE, "text")[0]
        assert run_python(program.text, server, folder) == told.text

    def test_the_options_of_what_now_are_those_of_the_code(self) -> None:
        words = read(DOCS / "reference" / "protocol.md")
        assert all(f"`{option}`" in words for option in WHAT_NOW)


class TestRecoverFromFailures:
    def test_the_team_recovers_as_shown(self, folder: Path) -> None:
        (folder / "teams").mkdir()
        (folder / "teams" / "letters.yaml").write_text(blocks(RECOVER, "yaml")[0].text, encoding="utf-8")
        said = run_shell(blocks(RECOVER, "sh")[0].text, None, folder).splitlines()
        assert set(blocks(RECOVER, "text")[0].text.splitlines()) <= set(said)
        (folder / "teams" / "recovery.yaml").write_text(blocks(RECOVER, "yaml")[1].text, encoding="utf-8")
        teams = load_teams(folder / "teams")
        assert teams.problems == ()
        assert teams.by_name["letters"].recovery_for("printer", "work").rules[1].do == (Skip(),)

    def test_the_example_of_a_critical_phase_is_the_shipped_one(self) -> None:
        team = (ROOT / "src" / "botarmy" / "teams" / "research-plan-implement.yaml").read_text(encoding="utf-8")
        assert blocks(RECOVER, "yaml part")[0].text in team

    def test_every_action_is_read_as_it_stands_in_the_table(self) -> None:
        rows = sections(RECOVER)["Rules in a team file"].tables[0]
        do = "".join(f"      - {quoted(row[0])[0]}\n" for row in rows)
        do = do.replace("smallest-version", "t").replace("team: t", "model: t")
        steps = "steps:\n  - {name: Editor, instructions: x, phases: [plan, work]}\n"
        team = parse_team(f"name: t\nrecovery:\n  - on: [passing]\n    do:\n{do}{steps}", "t.yaml")
        assert len(team.recovery.rules[0].do) == len(rows)

    def test_a_program_answers_as_shown(self, folder: Path) -> None:
        teams = folder / "teams"
        teams.mkdir()
        (teams / "careful.yaml").write_text(blocks(RECOVER, "yaml")[2].text, encoding="utf-8")
        server = ServerProcess(folder / "data", {"BOTARMY_TEAMS_DIR": str(teams), "BOTARMY_MODEL": "demo:error_once"})
        server.start()
        try:
            assert run_python(blocks(RECOVER, "python")[0].text, server, folder) == blocks(RECOVER, "text")[1].text
        finally:
            server.stop()

    def test_a_wrong_file_is_named_in_the_words_shown(self, folder: Path) -> None:
        (folder / "recovery.yaml").write_text(blocks(RECOVER, "yaml wrong")[0].text, encoding="utf-8")
        (problem,) = load_teams(folder).problems
        assert blocks(RECOVER, "text")[2].text.strip() == f"{problem.message} {problem.action}"


class TestKeepAnEyeOnTheMoney:
    def test_usage_is_asked_for_as_shown(self, server: ServerProcess, folder: Path) -> None:
        assert '"total"' in run_shell(blocks(MONEY, "sh")[0].text, server, folder)

    def test_a_team_has_the_budgets_of_its_file(self) -> None:
        team = parse_team(blocks(MONEY, "yaml")[0].text, "frugal.yaml")
        assert (team.budget, team.steps[0].budget) == (1.5, 0.5)

    async def test_a_program_answers_for_a_run_that_waits(self, folder: Path) -> None:
        (folder / "teams").mkdir()
        (folder / "teams" / "frugal.yaml").write_text(blocks(MONEY, "yaml")[0].text, encoding="utf-8")
        price = re.findall(r"BOTARMY_LLM_PRICES=(\S+)", read(MONEY))[0]
        settings = {
            "BOTARMY_TEAMS_DIR": str(folder / "teams"),
            "BOTARMY_LLM_PRICES": price.replace("0.25/2.00", "9999/9999"),
            "BOTARMY_MODEL": "openai-chat:qwen3:8b",
        }
        async with serve([Reply(text="", calls=(LIST,)), Reply(text="Done.")], ["qwen3:8b"]) as provider:
            server = ServerProcess(folder / "data", {**settings, **provider.env})
            await asyncio.to_thread(server.start)
            try:
                program = blocks(MONEY, "python")[0].text
                said = await asyncio.to_thread(run_python, program + ASKING, server, folder)
            finally:
                await asyncio.to_thread(server.stop)
        assert said.splitlines() == ["agent: True", "succeeded"]


LIST = Call(name="write_file", arguments='{"path": "docs/answer.md", "content": "42"}')
ASKING = """
import asyncio

async def main(url: str) -> None:
    async with Client(url) as client:
        run_id = await client.start("What matters?", team="frugal")
        async for moment in client.follow(run_id):
            if moment.view.status == "waiting":
                await answer(url, run_id, "1000")
                break
        async for moment in client.follow(run_id):
            if moment.view.status == "waiting":
                open_one = next(r for r in moment.view.requests if r.status == "open")
                await client.answer(run_id, open_one.request_id, "respond", "1000")
                break
        async for moment in client.follow(run_id):
            pass
        print((await client.run(run_id)).outcome)

asyncio.run(main("http://localhost:8000"))
"""


def test_the_providers_and_the_default_model_are_those_of_the_code() -> None:
    providers = sections(MODEL)["Model strings"].tables[0]
    assert {quoted(row[0])[0] for row in providers} == {*PROVIDERS, CUSTOM}
    assert f"`{DEFAULT_MODEL}`" in read(MODEL)
    for row in providers:
        provider = PROVIDERS.get(quoted(row[0])[0])
        if provider is not None:
            assert provider.key_variables[0] in row[1]
            assert quoted(row[2]) == ([provider.extra] if provider.extra else [])
            assert not quoted(row[3]) or quoted(row[3]) == [provider.default_model]


def test_what_readers_are_told_to_choose_on_the_page_is_there() -> None:
    """**Bold** words outside tables and lists are labels of the web UI."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web" / "src").rglob("*.ts*"))
    pages = [page for page in PAGES if page.parent.name == "how-to" or page.name in ("tutorial.md", "README.md")]
    lines = (line for page in pages for _, line in prose(page) if not line.startswith(("|", "-")))
    labels = {label for line in lines for label in re.findall(r"\*\*([^*]+)\*\*", line)}
    assert labels >= {"Pause", "Download all"}
    assert not {label for label in labels if label not in sources}
