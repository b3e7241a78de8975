"""The command line does what it says, tells in words what it cannot do, and keeps its exit codes."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

import httpx2
import pytest
from rich.console import Console

from botarmy.bootstrap.diagnosis import diagnose
from botarmy.cli import app, main
from botarmy.cli.options import spelled
from botarmy.cli.progress import AT_WORK, LOST, LiveProgress, PlainProgress, duration, progress
from botarmy.cli.run import Wanted, exit_code, folder_for
from botarmy.cli.terminal import describe
from botarmy.client import ClientError
from botarmy.domain import views as v
from botarmy.domain.events import NewEvent, Outcome, SystemNotice
from botarmy.llm.providers import PROVIDERS
from botarmy.ports import Finding
from botarmy.redaction import BY_SHAPE
from botarmy.settings import Settings, load
from botarmy.settings.services import VARIABLES
from tests.acceptance.servers import NO_OLLAMA
from tests.postgres import PostgresServer

REFERENCE = Path(__file__).parents[1] / "docs/reference/cli.md"
COMMANDS = [
    "serve",
    "run",
    "audit",
    "export",
    "import",
    "doctor",
    "config",
    "version",
    "token",
    "providers",
    "notify",
    "dev",
]
HEAVY = ["fastapi", "uvicorn", "sqlalchemy", "alembic", "pydantic_ai", "websockets", "httpx2", "rich", "structlog"]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of the person who runs the tests, and a folder of one's own."""
    for name in list(os.environ):
        if name.startswith("BOTARMY_") or name.removesuffix("_FILE") in VARIABLES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("OLLAMA_BASE_URL", NO_OLLAMA)
    monkeypatch.setenv("BOTARMY_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)


@dataclass
class Program:
    """`botarmy` as a process of its own, its output read line by line."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def until(self, wanted: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if wanted in line:
                return self.lines[-1]
        raise AssertionError(f"“{wanted}” was not said:\n" + "\n".join(self.lines))

    def end(self) -> int:
        assert self.process.stdout is not None
        self.lines += self.process.stdout.read().splitlines()
        return self.process.wait(30)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@contextmanager
def started(*arguments: str) -> Iterator[Program]:
    process = subprocess.Popen(
        [sys.executable, "-m", "botarmy", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        yield Program(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def service_address(service: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have BotArmy use what `botarmy dev llm-server` plays."""
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, service.until(f"export {name}=").partition("=")[2])


def ran(*arguments: str) -> tuple[int, str]:
    with started(*arguments) as program:
        code = program.end()
        return code, program.text


# --- Help, versions, options --------------------------------------------------------------------------------------


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if re.search(rf"^  {name} ", said, re.MULTILINE)] == COMMANDS


def test_help_loads_no_more_than_it_needs() -> None:
    program = f"import botarmy.cli, sys; print([name for name in {HEAVY} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


@pytest.mark.parametrize(
    "command",
    [*COMMANDS, "dev llm-server", "token create", "token list", "token revoke", "providers list", "providers test"],
)
def test_every_command_explains_itself_and_is_documented(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    page = REFERENCE.read_text(encoding="utf-8")
    assert f"## botarmy {command}" in page
    said = capsys.readouterr().out
    for option in set(re.findall(r"^  (--[a-z-]+)", said, re.MULTILINE)) - shared_options():
        assert f"`{option}" in page, f"{option} of {command} is not in docs/reference/cli.md"


def shared_options() -> set[str]:
    """Those of the settings are documented with the settings."""
    return {spelled(name) for name in Settings.model_fields}


def test_no_command_is_documented_that_does_not_exist() -> None:
    documented = re.findall(r"^## botarmy (\w+)", REFERENCE.read_text(encoding="utf-8"), re.MULTILINE)
    commands = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]
    assert list(dict.fromkeys(documented)) == COMMANDS == [*commands, *(group.name for group in app.registered_groups)]


@pytest.mark.parametrize("command", ["serve", "doctor", "config"])
def test_every_setting_is_an_option(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    main([command, "--help"])
    said = capsys.readouterr().out
    assert [name for name in Settings.model_fields if spelled(name) not in said] == []


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["version"]) == 0
    assert re.fullmatch(r"botarmy \d+\.\d+\.\d+\S*\n", capsys.readouterr().out)


@pytest.mark.parametrize(
    "arguments",
    [["serv"], ["serve", "--prot", "1"], ["run"], ["config", "--port", "x"], ["serve", "--auth", "off"]],
)
def test_wrong_options_end_with_2_and_without_a_traceback(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()
    assert said.err.strip()
    assert "Traceback" not in said.err + said.out


def test_every_wrong_setting_is_named_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--port", "99999", "--log-level", "loud"]) == 2
    said = capsys.readouterr().err
    assert "port must be a whole number from 0 to 65535. It is “99999” (command line)." in said
    assert "log_level must be debug, info, warning or error." in said


def test_config_says_where_each_value_comes_from_and_masks_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "botarmy.toml").write_text("concurrency = 7\n", encoding="utf-8")
    monkeypatch.setenv("BOTARMY_DEMO_SPEED", "0")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-abcdefghijklmnop1234")
    assert main(["config", "--port", "8123", "--open"]) == 0
    rows = {line.split()[0]: re.split(r"\s{2,}", line)[1:] for line in capsys.readouterr().out.splitlines()}
    assert rows["port"] == ["8123", "command line"]
    assert rows["open_browser"] == ["true", "command line"]
    assert rows["demo_speed"] == ["0", "environment BOTARMY_DEMO_SPEED"]
    assert rows["concurrency"] == ["7", "botarmy.toml line 1"]
    assert rows["model"] == ["auto", "default"]
    assert rows["OPENAI_API_KEY"] == ["…1234", "environment OPENAI_API_KEY"]


def test_an_unexpected_failure_shows_its_traceback_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert describe(RuntimeError("boom with sk-abcdefghijkl0123456789"), BY_SHAPE) == 1
    assert capsys.readouterr().err.startswith("Something went wrong inside BotArmy.\nRun it again with")
    monkeypatch.setenv("BOTARMY_LOG_LEVEL", "debug")
    describe(RuntimeError("boom with sk-abcdefghijkl0123456789"), BY_SHAPE)
    assert "RuntimeError: boom with [removed]" in capsys.readouterr().err


def test_a_failure_that_came_out_of_a_group_of_tasks_keeps_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    refusal = ClientError("busy", "Too much at once.", "Try again.")
    assert describe(ExceptionGroup("tasks", [ExceptionGroup("more", [refusal])]), BY_SHAPE) == 1
    assert capsys.readouterr().err == "Too much at once. Try again.\n"


# --- botarmy serve ------------------------------------------------------------------------------------------------


def address(program: Program) -> str:
    return program.until("BotArmy is at ").removeprefix("BotArmy is at ")


def test_serve_says_where_it_is_and_ends_well_when_it_is_told_to() -> None:
    with started("serve", "--port", "0", "--model", "demo") as server:
        assert address(server).startswith("http://localhost:")
        server.until("Ctrl-C stops it.")
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == 0
        assert "Traceback" not in server.text


def test_a_second_server_of_the_same_folder_is_refused_in_a_sentence() -> None:
    with started("serve", "--port", "0") as server:
        url = address(server)
        code, said = ran("serve", "--port", "0")
    assert code == 1
    assert url in said
    assert len(said.splitlines()) == 1


def test_a_taken_port_is_refused_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = ran("serve", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "botarmy serve --port" in said
    assert "Traceback" not in said


# --- botarmy run --------------------------------------------------------------------------------------------------

QUICK = ("--model", "demo", "--demo-speed", "0")
SLOW = ("--model", "demo", "--demo-speed", "100")


def test_run_builds_a_project_and_writes_its_files(tmp_path: Path) -> None:
    code, said = ran("run", "A tip calculator for groups", *QUICK)
    assert code == 0, said
    (folder,) = [path for path in tmp_path.iterdir() if path.is_dir() and path.name != "data"]
    assert "tip-calculator" in folder.name
    assert (folder / "README.md").read_text(encoding="utf-8").strip()
    assert re.search(rf"Done after \d+ s: \d+ files in {folder.name}", said)
    for agent in ("Analyst", "Architect", "Developer", "Tester", "Deployer"):
        assert f"{agent} has finished" in said
    assert "\x1b" not in said
    assert '"event"' not in said


def test_run_never_writes_among_other_files_unless_forced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there/mine.txt").write_text("mine")
    code, said = ran("run", "A quiz", *QUICK, "--into", "there")
    assert code == 1
    assert said == "The folder there is not empty. Choose another one with --into, or write into it with --force."
    assert not (tmp_path / "data").exists()
    code, _ = ran("run", "A quiz", *QUICK, "--into", "there", "--force")
    assert code == 0
    assert (tmp_path / "there/mine.txt").read_text() == "mine"
    assert (tmp_path / "there/README.md").exists()


@pytest.mark.parametrize(
    ("arguments", "words"), [(["  "], "The brief is empty."), (["x", "--team", "nope"], "no team called “nope”")]
)
def test_what_the_server_refuses_is_said_in_its_words(arguments: list[str], words: str) -> None:
    code, said = ran("run", *arguments, *QUICK)
    assert code == 1
    assert words in said
    assert "Traceback" not in said


def test_a_run_whose_agents_all_fail_ends_with_1(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    code, said = ran("run", "A quiz", "--model", "openai-chat:any")
    assert code == 1
    assert "The project failed" in said
    assert "AI service configuration needed" in said
    assert str(tmp_path / "data" / "run.log") in said


def test_whom_to_ask_about_is_said_with_the_command_and_answered_at_the_address_it_prints() -> None:
    with started("run", "A quiz", *QUICK, "--approvals", "analyst, Tester", "--into", "there") as run:
        run_id = run.until("Watch it in the browser").rsplit("/", 1)[-1]
        url = f"{run.lines[-1].split()[-1].partition('/projects/')[0]}/api/runs/{run_id}"
        for agent in ("Analyst", "Tester"):
            run.until(f"{agent} is done")
            run.until("Answer in the browser")
            (request,) = [one for one in httpx2.get(url).json()["requests"] if one["status"] == "open"]
            decision = {"decision": "approve", "subject": request["subject"]}
            httpx2.post(f"{url}/requests/{request['request_id']}", json=decision).raise_for_status()
        assert run.end() == 0, run.text
    assert "Architect is done" not in run.text


def test_an_agent_that_is_not_in_the_team_cannot_be_asked_about() -> None:
    code, said = ran("run", "A quiz", *QUICK, "--approvals", "Painter")
    assert code == 1
    assert "Painter" in said
    assert "Analyst" in said


def test_where_a_server_runs_the_project_is_its(tmp_path: Path) -> None:
    with started("serve", "--port", "0", *QUICK) as server:
        url = address(server)
        code, said = ran("run", "A quiz", "--into", "there")
        assert code == 0, said
        assert f"Watch it in the browser: {url}/projects/" in said
        assert (tmp_path / "there/README.md").exists()


def test_ctrl_c_leaves_a_project_on_a_server_at_work() -> None:
    with started("serve", "--port", "0", *SLOW) as server:
        url = address(server)
        with started("run", "A quiz") as run:
            run.until("Analyst")
            run.process.send_signal(signal.SIGINT)
            assert run.end() == 130
        assert f"The project goes on without this terminal: {url}/projects/" in run.text


def test_ctrl_c_cancels_a_project_that_nobody_else_works_on() -> None:
    with started("run", "A quiz", *SLOW) as run:
        run.until("Analyst")
        run.process.send_signal(signal.SIGINT)
        assert run.end() == 130
    assert run.lines[-1] == "The project was cancelled."


def test_a_kept_project_is_finished_by_the_next_server(tmp_path: Path) -> None:
    with started("run", "A quiz", *SLOW, "--keep") as run:
        run.until("Analyst")
        run.process.send_signal(signal.SIGINT)
        assert run.end() == 130
    assert run.lines[-1] == "The project is kept. “botarmy serve” goes on with it."
    run_id = run.lines[0].rsplit("/", 1)[-1]
    with started("serve", "--port", "0", *QUICK) as server:
        url = address(server)
        assert finished(url, run_id) == ("completed", "succeeded")


def finished(url: str, run_id: str) -> tuple[str, str | None]:
    import asyncio  # noqa: PLC0415 - for this alone

    from botarmy.client import Client  # noqa: PLC0415 - for this alone

    async def follow() -> tuple[str, str | None]:
        async with Client(url) as client:
            async for _ in client.follow(run_id):
                pass
            view = await client.run(run_id)
            return view.status, view.outcome

    return asyncio.run(follow())


def wanted(*, into: Path | None = None, force: bool = False) -> Wanted:
    return Wanted(brief="", team=None, into=into, attach=(), approvals=None, force=force, keep=False)


def test_the_folder_is_named_after_the_project_and_is_a_new_one(tmp_path: Path) -> None:
    assert folder_for(wanted(), "Tip calculator: for “groups”!") == Path("tip-calculator-for-groups")
    assert folder_for(wanted(), "../../etc/passwd") == Path("etc-passwd")
    assert folder_for(wanted(), "…") == Path("project")
    assert folder_for(wanted(into=Path("x")), "Quiz") == Path("x")
    (tmp_path / "quiz").mkdir()
    assert folder_for(wanted(), "Quiz") == Path("quiz")
    (tmp_path / "quiz/a").touch()
    (tmp_path / "quiz-2").touch()
    assert folder_for(wanted(), "Quiz") == Path("quiz-3")
    assert folder_for(wanted(force=True), "Quiz") == Path("quiz")


# --- What a run looks like ----------------------------------------------------------------------------------------

AT = "2026-11-20T09:30:00.000Z"
NOW = datetime(2026, 11, 20, 9, 31, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Moment:
    view: v.RunView
    event: NewEvent | None = None


def view(status: v.ViewState = "running", outcome: Outcome | None = None, *, task: str = "Writing") -> v.RunView:
    writing = v.MessageView(message_id="m", phase="work", attempt=1, text="First line\nThe last line", started_at=AT)
    phases = (v.PhaseView(phase="work"),)
    steps = (
        v.StepView(
            step="analyst",
            agent_name="Analyst",
            title="A",
            needs=(),
            status="completed",
            task="Done",
            started_at=AT,
            ended_at="2026-11-20T09:30:21.000Z",
            phases=phases,
        ),
        v.StepView(
            step="developer",
            agent_name="Developer",
            title="D",
            needs=(),
            status="thinking",
            task=task,
            started_at=AT,
            phases=phases,
            messages=(writing,),
        ),
        v.StepView(step="tester", agent_name="Tester", title="T", needs=(), phases=phases),
    )
    return v.RunView(
        run_id="r",
        title="Tip calculator",
        brief="",
        team="software",
        owner="me",
        options={},
        forked_from=None,
        status=status,
        outcome=outcome,
        created_at=AT,
        updated_at=AT,
        ended_at=None,
        version=1,
        position=1,
        steps=steps,
    )


def event(content: str, agent: str | None = None) -> NewEvent:
    return NewEvent(
        id="e", run_id="r", timestamp=AT, agent_name=agent, content=content, metadata=SystemNotice(level="info")
    )


def drawn(moment: Moment | None, *, connected: bool = True, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    live = LiveProgress(console, lambda: NOW)
    live.link(connected)
    if moment is not None:
        live.show(moment)
    with console.capture() as captured:
        console.print(live.drawn())
    return [line.rstrip() for line in captured.get().splitlines()]


def test_the_team_is_drawn_with_sign_word_time_task_and_what_is_being_written() -> None:
    assert drawn(Moment(view())) == [
        "Tip calculator",
        "✓  Analyst    completed  21 s",
        "◉  Developer  thinking   1 m 12 s  Writing",
        "○  Tester     pending",
        "The last line",
    ]


def test_before_the_first_news_it_says_so() -> None:
    assert drawn(None) == ["Starting …"]


def test_a_lost_connection_is_shown() -> None:
    assert drawn(Moment(view()), connected=False)[-1] == LOST


def test_a_drawing_fits_into_a_narrow_terminal() -> None:
    lines = drawn(Moment(view(task="Writing a file with a very long name")), width=40)
    assert len(lines) == 5
    assert max(map(len, lines)) <= 40


def test_what_agents_write_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = drawn(Moment(view(task="\x1b[2Jgone [red]x[/red]")))
    assert "\x1b" not in "".join(lines)
    assert "[red]x[/red]" in lines[2]
    PlainProgress().show(Moment(view(), event("\x1b]0;title\x07one\ntwo")))
    assert capsys.readouterr().out == " ]0;title one two\n"


def test_without_a_terminal_each_piece_of_news_is_a_line_once(capsys: pytest.CaptureFixture[str]) -> None:
    plain = PlainProgress()
    for news in (
        None,
        event("The team starts"),
        event("Writing", "Developer"),
        event("Writing", "Developer"),
        event(" "),
    ):
        plain.show(Moment(view(), news))
    plain.show(Moment(view(), event("Developer has finished", "Developer")))
    lines = capsys.readouterr().out.splitlines()
    at_work = [f"{step.agent_name}: {step.task}" for step in view().steps if step.status in AT_WORK]
    assert at_work, "where the run is when its following begins is news too"
    assert lines == [*at_work, "The team starts", "Developer: Writing", "Developer has finished"]


def test_without_a_terminal_a_loss_and_the_return_are_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    plain = PlainProgress()
    for connected in (True, False, False, True):
        plain.link(connected)
    assert capsys.readouterr().out.splitlines() == [LOST, "Connected again."]


def test_it_draws_in_a_terminal_alone() -> None:
    assert isinstance(progress(Console(file=io.StringIO()), lambda: NOW), PlainProgress)
    terminal = Console(file=io.StringIO(), force_terminal=True, _environ={"TERM": "xterm"})
    assert isinstance(progress(terminal, lambda: NOW), LiveProgress)


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (59.4, "59 s"), (60, "1 m 00 s"), (-3, "0 s")])
def test_durations_are_short(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("status", "outcome", "code"),
    [("completed", "succeeded", 0), ("completed", "partial", 3), ("failed", None, 1), ("cancelled", None, 1)],
)
def test_the_exit_code_tells_how_it_ended(status: v.ViewState, outcome: Outcome | None, code: int) -> None:
    assert exit_code(view(status, outcome)) == code


# --- botarmy doctor -----------------------------------------------------------------------------------------------


def findings(
    tmp_path: Path, environ: Mapping[str, str] = MappingProxyType({}), **overrides: object
) -> dict[str, Finding]:
    given = {"data_dir": str(tmp_path / "data"), "port": "0", **overrides}
    environ = {"OLLAMA_BASE_URL": NO_OLLAMA, **environ}
    return {finding.what: finding for finding in diagnose(load(given, environ, folder=tmp_path), None)}


def test_in_a_fresh_place_nothing_keeps_it_from_working(tmp_path: Path) -> None:
    found = findings(tmp_path)
    assert [one for one in found.values() if one.level == "fail"] == []
    assert "made at the first start" in found["Data folder"].detail
    assert found["Model"].detail == "offline demo (auto: no key is set, and no Ollama answers)"
    assert "software" in found["Teams"].detail
    assert (found["Web UI"].level, found["Web UI"].action) == ("warn", "In a checkout, run: make setup")
    assert not (tmp_path / "data").exists()


def test_a_key_is_seen_and_masked(tmp_path: Path) -> None:
    found = findings(tmp_path, {"OPENAI_API_KEY": "sk-abcdefghijklmnop1234"})
    assert found["OPENAI_API_KEY"].detail == "…1234"
    assert found["Model"].level == "ok"
    assert found["Model"].detail.endswith("(auto: OPENAI_API_KEY is set)")


def test_a_model_without_its_key_is_a_failure_with_its_remedy(tmp_path: Path) -> None:
    found = findings(tmp_path, model="openai-chat:gpt-5-mini")["Model"]
    assert found.level == "fail"
    assert found.action


def test_a_taken_port_is_a_failure_with_its_remedy(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = findings(tmp_path, port=str(port))["Port"]
    assert found.level == "fail"
    assert found.action == f"Choose another one: botarmy serve --port {port + 1}"


def test_a_folder_that_cannot_be_made_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert findings(tmp_path, data_dir=str(tmp_path / "file" / "data"))["Data folder"].level == "fail"


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("CREATE TABLE other (x)", "another program"),
        ("CREATE TABLE schema_version (version_num TEXT); INSERT INTO schema_version VALUES ('9999')", "newer version"),
    ],
)
def test_a_foreign_or_newer_database_is_a_failure_and_stays_as_it_is(
    tmp_path: Path, statement: str, words: str
) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "botarmy.db"
    connection = sqlite3.connect(file)
    connection.executescript(statement)
    connection.close()
    before = file.read_bytes()
    found = findings(tmp_path)["Database"]
    assert found.level == "fail"
    assert words in found.detail
    assert file.read_bytes() == before


def test_a_damaged_database_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/botarmy.db").write_bytes(b"not a database, and long enough to be looked at" * 50)
    assert findings(tmp_path)["Database"].level == "fail"


def test_a_postgresql_database_is_looked_at_and_left_as_it_is(tmp_path: Path, postgres: PostgresServer) -> None:
    name = postgres.database()
    url = postgres.url(name)
    assert "tables at none yet" in findings(tmp_path, database_url=url)["Database"].detail
    assert postgres.execute("SELECT * FROM pg_tables WHERE schemaname = 'public'", name) == []


def test_a_postgresql_database_that_cannot_be_had_is_a_failure(tmp_path: Path) -> None:
    found = findings(tmp_path, database_url="postgresql://ada:Opening-Hours-42@127.0.0.1:1/x")["Database"]
    assert (found.level, found.detail) == ("fail", "the database cannot be reached, or has ended the connection")


def test_a_wrong_team_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "teams").mkdir()
    (tmp_path / "teams/mine.yaml").write_text("name: mine\nstepz: []\n", encoding="utf-8")
    found = findings(tmp_path, teams_dir=str(tmp_path / "teams"))["Team file"]
    assert found.level == "warn"
    assert "mine.yaml" in found.detail
    assert "line" in found.detail


def test_a_server_that_runs_is_found() -> None:
    with started("serve", "--port", "0") as server:
        url = address(server)
        code, said = ran("doctor")
    assert code == 0, said
    assert re.search(rf"^✓ Server +runs at {url}$", said, re.MULTILINE)


def test_doctor_ends_with_1_where_something_fails() -> None:
    code, said = ran("doctor", "--model", "openai-chat:gpt-5-mini")
    assert code == 1
    assert "✗ Model" in said
    assert "→" in said
    code, said = ran("doctor", "--port", "0")
    assert code == 0
    assert said.splitlines()[-1] == "BotArmy can work here."


# --- botarmy providers --------------------------------------------------------------------------------------------


def test_every_provider_is_listed_with_what_it_lacks_and_none_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with started("dev", "llm-server", "--port", "0") as service:
        service_address(service, monkeypatch)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-0123456789-wxyz")
        monkeypatch.setenv("BOTARMY_CUSTOM", f"lab={NO_OLLAMA}")
        code, said = ran("providers")
    assert code == 0
    rows = {line[2:].split("  ")[0].strip(): line for line in said.splitlines()}
    assert list(rows) == [*PROVIDERS, "custom:lab"]
    assert re.match(r"✓ openai +answers .* …wxyz \(OPENAI_API_KEY\)$", rows["openai"])
    assert rows["anthropic"].startswith("  anthropic    no key: set ANTHROPIC_API_KEY")
    assert rows["custom:lab"].startswith("✗ custom:lab   The AI service cannot be reached.")
    assert "planted" not in said


def test_nobody_is_asked_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", NO_OLLAMA)
    code, said = ran("providers", "list", "--offline")
    assert code == 0
    assert "· openai       set up" in said
    assert "  ollama       set up" not in said


def test_one_tiny_call_says_whether_a_model_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    with started("dev", "llm-server", "--port", "0", "--fault", "401", "--times", "1") as service:
        service_address(service, monkeypatch)
        code, said = ran("providers", "test", "openai-chat")
        assert (code, said) == (
            1,
            "✗ openai-chat: The AI service did not accept the key. Check the key in the settings.",
        )
        code, said = ran("providers", "test", "openai-chat")
        assert code == 0
        assert re.fullmatch(r"✓ openai-chat:gpt-5-mini answered in \d+\.\d s\.", said)


@pytest.mark.parametrize(
    ("provider", "words"),
    [
        ("openai", "✗ openai: AI service configuration needed. Please check setup. "),
        ("teapot", "✗ teapot: There is no AI provider “teapot”."),
        ("ollama:qwen3", "✗ ollama:qwen3: The AI service cannot be reached."),
    ],
)
def test_what_cannot_be_called_is_told_in_words(provider: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["providers", "test", provider]) == 1
    assert capsys.readouterr().out.startswith(words)


# --- botarmy dev --------------------------------------------------------------------------------------------------


def test_a_project_is_run_with_a_service_that_fails_twice_and_then_works(monkeypatch: pytest.MonkeyPatch) -> None:
    with started("dev", "llm-server", "--port", "0", "--fault", "500", "--times", "2") as service:
        service_address(service, monkeypatch)
        service.until("Ctrl-C stops it.")
        code, said = ran("run", "A word counter", "--into", "there")
        service.process.send_signal(signal.SIGINT)
        assert service.end() == 0
    assert code == 0, said
    assert Path("there/app/index.html").exists()
    assert said.count("The AI service has a problem of its own.") >= 2
    assert "Traceback" not in said + service.text


def test_a_script_says_request_by_request_what_goes_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "faults.txt"
    script.write_text("# the first answer is fine\nok\n\n401\n", encoding="utf-8")
    with started("dev", "llm-server", "--port", "0", "--script", str(script)) as service:
        service_address(service, monkeypatch)
        code, said = ran("run", "A word counter", "--into", "there")
    assert code == 3, said
    assert said.count("The AI service did not accept the key. Check the key in the settings.") == 1


def test_what_can_go_wrong_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dev", "llm-server", "--list"]) == 0
    said = capsys.readouterr().out
    assert "429, 429:retry-after=…" in said
    assert "resets the connection before it answers" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fault", "fire"], "There is no fault “fire”. Known are: 400,"),
        (["--fault", "cut:after=x"], "after of the fault “cut” must be a number from 0 to 3600."),
        (["--script", "nowhere.txt"], "The script nowhere.txt cannot be read."),
        (["--script", ".", "--fault", "500"], "Give either --fault or --script, not both."),
        (["--every", "0"], "--every"),
        (["--times", "-1"], "--times"),
        (["--tokens-per-second", "nan"], "--tokens-per-second"),
        (["--port", "70000"], "--port"),
    ],
)
def test_what_cannot_go_wrong_is_refused_in_words(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["dev", "llm-server", "--port", "0", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_a_taken_port_is_refused_with_the_command_that_would_start() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, said = ran("dev", "llm-server", "--port", str(taken.getsockname()[1]))
    assert code == 1
    assert "botarmy dev llm-server --port" in said
