from __future__ import annotations

import zipfile
from contextlib import suppress
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botarmy.domain.errors import DomainError
from botarmy.domain.programs import CommandAgent, McpServer, PythonAgent
from botarmy.teams import load_team, load_teams, parse_team

SHIPPED = (files("botarmy.teams") / "software.yaml").read_bytes()
STEP = "  - name: Writer\n    instructions: Write.\n"
TEAM = "name: small\nsteps:\n" + STEP


def problem_of(source: str | bytes) -> DomainError:
    with pytest.raises(DomainError) as caught:
        parse_team(source, "small.yaml")
    assert caught.value.code == "bad_team"
    return caught.value


def test_a_step_needs_no_more_than_a_name_and_instructions() -> None:
    team = parse_team(TEAM, "small.yaml")
    (step,) = team.steps
    assert (team.name, team.title, team.description) == ("small", "small", "")
    assert (step.step, step.name, step.title, step.instructions) == ("writer", "Writer", "Writer", "Write.")
    assert (step.agent, step.model, step.tools, step.needs, step.attempts) == ("llm", None, (), (), 2)
    assert [phase.phase for phase in step.phases] == ["work"]


def test_every_key_of_a_step_reaches_the_team() -> None:
    team = parse_team(
        """
name: full
title: "A full team"
description: All keys.
steps:
  - name: First
    instructions: One.
  - id: second
    name: Zweite Ärztin
    title: Title
    role: Role.
    instructions: |
      Two
      lines.
    agent: llm
    model: openai-chat:gpt-5-mini
    tools: [write_file, read_file]
    artifacts: [docs/a.md, app/]
    needs: [first, third]
    phases:
      - research
      - name: work
        instructions: Do it.
    attempts: 5
    requires: [gpu]
  - name: Third
    instructions: Three.
    needs: []
""",
        "full.yaml",
    )
    second = team.step("second")
    assert second.instructions == "Two\nlines."
    assert (second.agent, second.model, second.attempts) == ("llm", "openai-chat:gpt-5-mini", 5)
    assert second.tools == ("write_file", "read_file")
    assert second.artifacts == ("docs/a.md", "app/")
    assert second.needs == ("first", "third")
    assert [(phase.phase, phase.instructions) for phase in second.phases] == [
        ("research", ""),
        ("work", "Do it."),
    ]
    assert second.requires == ("gpu",)
    assert team.step("third").needs == ()


def test_a_step_waits_for_the_one_before_it_unless_it_says_otherwise() -> None:
    team = parse_team(TEAM + "  - name: Reader\n    instructions: Read.\n", "small.yaml")
    assert team.step("reader").needs == ("writer",)


FAULTS = {
    "nothing at all": ("", 1, "the file is empty"),
    "comments alone": ("# hello\n", 1, "the file is empty"),
    "a list instead of a team": ("- a\n", 1, "“key: value” lines are needed here, not a list"),
    "an unknown key": ("name: a\nstps:\n" + STEP, 2, "“stps” is not known here; did you mean “steps”?"),
    "an unknown key of a step": (TEAM + "    instuctions: x\n", 5, "did you mean “instructions”?"),
    "a key like no other": (TEAM + "zzzz: x\n", 5, "“zzzz” is not known here"),
    "a missing name": ("title: a\nsteps:\n" + STEP, 1, "“name” is missing"),
    "a missing list of steps": ("\nname: a\n", 2, "“steps” is missing"),
    "a step without a name": ("name: a\nsteps:\n  - title: x\n    instructions: y\n", 3, "“name” is missing"),
    "a step without instructions": (TEAM + "  - name: Reader\n", 5, "“instructions” is missing"),
    "instructions left blank": (
        TEAM + "  - name: Reader\n    instructions:\n",
        5,
        "“instructions” is missing",
    ),
    "instructions of spaces": (TEAM + '  - name: R\n    instructions: "  "\n', 6, "this text is empty"),
    "a name that is left blank": ("name:\nsteps:\n" + STEP, 1, "this text is empty"),
    "a number for a text": ("name: 12\nsteps:\n" + STEP, 1, "a text is needed here, not “12”"),
    "a list for a text": (TEAM + "title:\n  - a\n", 6, "a text is needed here, not a list"),
    "a text for a list": (TEAM + "    tools: write_file\n", 5, "a list is needed here, not “write_file”"),
    "a text for a number": (TEAM + "    attempts: many\n", 5, "a whole number from 1 to 10"),
    "a number out of range": (TEAM + "    attempts: 11\n", 5, "a whole number from 1 to 10"),
    "a negative number": (TEAM + "    attempts: -1\n", 5, "a whole number from 1 to 10"),
    "two steps of one id": (TEAM + STEP, 5, "there are two steps with the id “writer”"),
    "two steps of one written id": (
        TEAM + "  - name: B\n    id: writer\n    instructions: x\n",
        6,
        "there are two steps with the id “writer”",
    ),
    "a key that stands twice": ("name: a\nname: b\nsteps:\n" + STEP, 2, "“name” stands here twice"),
    "a key twice in a step": (TEAM + "    name: B\n", 5, "“name” stands here twice"),
    "an unknown need": (TEAM + "    needs:\n      - writter\n", 6, "there is no step with the id “writter”"),
    "a need of itself": (TEAM + "    needs: [writer]\n", 5, "“writer” and “writer” wait for each other"),
    "a circle of needs": (
        TEAM + "    needs: [reader]\n  - name: Reader\n    instructions: x\n",
        5,
        "“writer” and “reader” wait for each other",
    ),
    "an unknown tool": (
        TEAM + "    tools:\n      - write_file\n      - writefile\n",
        7,
        "did you mean “write_file”?",
    ),
    "a tool like no other": (
        TEAM + "    tools: [shell]\n",
        5,
        "there is no tool “shell”; there are write_file",
    ),
    "no steps": ("name: a\nsteps: []\n", 2, "from 1 to 20 entries may stand here, not 0"),
    "too many steps": (
        "name: a\nsteps:\n" + "".join(f"  - name: S{n}\n    instructions: x\n" for n in range(21)),
        3,
        "from 1 to 20 entries may stand here, not 21",
    ),
    "a path out of the project": (
        TEAM + "    artifacts: [../x]\n",
        5,
        "“../x” is not a path inside the project",
    ),
    "an absolute path": (
        TEAM + "    artifacts:\n      - ok.md\n      - /etc/x\n",
        7,
        "“/etc/x” is not a path",
    ),
    "a name that is not a slug": (
        "name: My Team\nsteps:\n" + STEP,
        1,
        "“My Team” may hold only small letters",
    ),
    "a name no id can be made of": (
        "name: a\nsteps:\n  - instructions: x\n    name: Аналитик\n",
        4,
        "no step id can be made of “Аналитик”",
    ),
    "a model with a space": (TEAM + "    model: gpt 5\n", 5, "a model is written without spaces"),
    "two phases of one name": (
        TEAM + "    phases:\n      - a\n      - name: a\n",
        7,
        "two phases with the name “a”",
    ),
    "an empty list of phases": (TEAM + "    phases: []\n", 5, "from 1 to 10 entries may stand here, not 0"),
    "a title of two lines": (TEAM + 'title: "a\\nb"\n', 5, "this must be one line"),
    "a title that is too long": (TEAM + f"title: {'x' * 81}\n", 5, "this text is longer than 80 characters"),
    "an open bracket": ("name: a\nsteps: [\n", 3, "this is not valid YAML"),
    "a tab for indentation": ("name: a\nsteps:\n\t- name: x\n", 3, "this is not valid YAML"),
    "a second document": (TEAM + "---\nname: b\n", 5, "this is not valid YAML"),
    "a control character": ("name: a\ntitle: \x07\nsteps:\n", 2, "a character that a YAML file may not hold"),
    "an alias": ("name: &a x\ntitle: *a\nsteps:\n" + STEP, 1, "anchors and aliases"),
    "an alias without an anchor": (TEAM + "title: *a\n", 5, "anchors and aliases"),
    "a tag": (TEAM + "title: !!python/name:os.system\n", 5, "tags (!) are not allowed"),
    "a deep nest": (TEAM + "title: " + "[" * 5_000 + "\n", 5, "nested too deeply"),
    "a mapping as a key": (TEAM + "? {a: b}\n: c\n", 5, "a key must be a plain word"),
    "a merge": (TEAM + "<<: {a: b}\n", 5, "“<<” is not known here"),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_is_named_with_its_line_and_the_reason(what: str) -> None:
    source, line, reason = FAULTS[what]
    message = problem_of(source).message
    assert message.startswith(f"The team file small.yaml is wrong in line {line}: ")
    assert reason in message


def test_a_file_that_is_not_utf8_is_refused_with_the_line_of_the_first_bad_byte() -> None:
    assert "line 2: the file is not text in UTF-8" in problem_of(b"name: a\ntitle: \xff\n").message


def test_a_file_above_the_limit_is_refused_unread() -> None:
    assert "line 1: the file is larger than 256 KiB" in problem_of("#" * (256 * 1024 + 1)).message


def test_a_byte_order_mark_and_windows_line_ends_are_welcome() -> None:
    assert parse_team(b"\xef\xbb\xbf" + TEAM.replace("\n", "\r\n").encode(), "x.yaml").name == "small"


def test_lone_surrogates_in_a_text_are_refused_and_do_not_crash() -> None:
    assert "UTF-8" in problem_of("name: a\ntitle: \ud800\n").message


def test_long_or_multi_line_text_of_the_file_is_shortened_in_the_reason() -> None:
    message = problem_of(f"name: a\n{'k' * 500}: 1\n").message
    assert "…" in message
    assert len(message) < 250


# --- folders ---


def test_the_shipped_team_has_five_steps_one_after_another() -> None:
    teams = load_teams()
    software = teams.by_name["software"]
    assert teams.problems == ()
    assert software.title == "Software team"
    assert [(step.step, step.name, step.title) for step in software.steps] == [
        ("analyst", "Analyst", "Requirements"),
        ("architect", "Architect", "Design"),
        ("developer", "Developer", "Development"),
        ("tester", "Tester", "Testing"),
        ("deployer", "Deployer", "Deployment"),
    ]
    assert [step.needs for step in software.steps] == [(), *((step.step,) for step in software.steps[:-1])]
    assert all(step.agent == "llm" and len(step.instructions) > 1_000 for step in software.steps)
    assert all("write_file" in step.tools and step.artifacts for step in software.steps)


def test_the_software_team_is_the_first_wherever_its_file_stands(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEAM)
    assert next(iter(load_teams(tmp_path).by_name)) == "software"


def test_the_team_that_works_in_phases_lets_two_agents_work_at_the_same_time() -> None:
    team = load_teams().by_name["research-plan-implement"]
    assert [phase.phase for phase in team.step("developer").phases] == ["research", "planning", "implementation"]
    assert all(len(phase.instructions) > 800 for phase in team.step("developer").phases)
    assert [step.needs for step in team.steps] == [(), ("developer",), ("developer",)]


def test_a_persons_own_team_stands_beside_the_shipped_ones_or_replaces_one(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(TEAM)
    (tmp_path / "other.yml").write_text(TEAM.replace("small", "software"))
    teams = load_teams(tmp_path)
    assert sorted(teams.by_name) == sorted({*load_teams().by_name, "small"})
    assert len(teams.by_name["software"].steps) == 1


def test_a_wrong_file_is_reported_and_the_others_load(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("name: bad\n")
    (tmp_path / "good.yaml").write_text(TEAM)
    (tmp_path / ".hidden.yaml").write_text("x")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder.yaml").mkdir()
    teams = load_teams(tmp_path)
    assert sorted(teams.by_name) == sorted({*load_teams().by_name, "small"})
    assert [problem.message for problem in teams.problems] == [
        "The team file bad.yaml is wrong in line 1: “steps” is missing."
    ]


def test_two_files_of_one_team_are_a_problem_and_the_first_holds(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEAM)
    (tmp_path / "b.yaml").write_text(TEAM.replace("Write.", "Other."))
    teams = load_teams(tmp_path)
    assert teams.by_name["small"].steps[0].instructions == "Write."
    assert "already declared in a.yaml" in teams.problems[0].message


def test_a_folder_that_is_not_there_holds_no_teams(tmp_path: Path) -> None:
    assert sorted(load_teams(tmp_path / "none").by_name) == sorted(load_teams().by_name)


def test_a_folder_that_cannot_be_read_is_reported_and_the_shipped_teams_load(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botarmy.teams.loader.files", lambda _: zipfile.Path(shipped_as_zip(tmp_path)))
        teams = load_teams(tmp_path)
    assert sorted(teams.by_name) == ["software"]
    assert "the folder cannot be read" in teams.problems[0].message


def shipped_as_zip(folder: Path) -> Path:
    """The shipped teams as an installation in an archive has them."""
    with zipfile.ZipFile(folder / "teams.zip", "w") as archive:
        archive.writestr("software.yaml", SHIPPED)
    return folder / "teams.zip"


# --- instructions in files of their own ---

WITH_FILE = "name: small\nsteps:\n  - name: Writer\n    instructions_file: {}\n"


def test_instructions_may_stand_in_a_file_beside_the_team(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "writer.md").write_text("# Write\n")
    (tmp_path / "team.yaml").write_text(WITH_FILE.format("prompts/writer.md"))
    assert load_team(tmp_path / "team.yaml").steps[0].instructions == "# Write"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("missing.md", "“missing.md” cannot be read in the folder of this file"),
        ("../outside.md", "“../outside.md” is not a path inside the project"),
        ("link.md", "“link.md” leads out of the folder"),
        ("empty.md", "“empty.md” is empty"),
        ("latin.md", "“latin.md” is not text in UTF-8"),
        ("large.md", "“large.md” is too large"),
        ("writer.txt", "instructions are read from a .md file"),
        ("ok.md\n    instructions: x", "give “instructions” or “instructions_file”, not both"),
    ],
)
def test_an_instructions_file_that_will_not_do_is_named_with_its_line(tmp_path: Path, given: str, reason: str) -> None:
    inside = tmp_path / "teams"
    inside.mkdir()
    (tmp_path / "outside.md").write_text("secret")
    (inside / "link.md").symlink_to(tmp_path / "outside.md")
    (inside / "empty.md").write_text("")
    (inside / "latin.md").write_bytes(b"\xff")
    (inside / "large.md").write_text("x" * 300_000)
    (inside / "team.yaml").write_text(WITH_FILE.format(given))
    with pytest.raises(DomainError) as caught:
        load_team(inside / "team.yaml")
    assert f"line 4: {reason}" in caught.value.message


def test_an_instructions_file_needs_a_folder() -> None:
    assert "needs a team file in a folder" in problem_of(WITH_FILE.format("a.md")).message


# --- anything else ---


@given(at=st.integers(0, 2_000), cut=st.integers(0, 40), put=st.binary(max_size=12))
def test_a_damaged_file_is_read_or_refused_and_never_crashes(at: int, cut: int, put: bytes) -> None:
    with suppress(DomainError):
        parse_team(SHIPPED[:at] + put + SHIPPED[at + cut : 4_000], "damaged.yaml")


def agent_of(agent: str, more: str = "") -> object:
    return parse_team(f"name: t\nsteps:\n  - name: A\n    agent: {agent}\n{more}", "t.yaml").steps[0].agent


def test_an_agent_is_python_code_in_a_word_or_in_a_table() -> None:
    assert agent_of("python:a_module:Kind.work") == PythonAgent(python="a_module:Kind.work")
    assert agent_of("{python: a.b:c, timeout: 5}") == PythonAgent(python="a.b:c", timeout=5)
    assert agent_of("llm", "    instructions: x\n") == "llm"


def test_an_agent_is_a_command_whose_paths_lie_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(
        "name: t\nsteps:\n  - name: A\n    agent:\n      command: [bash, ./a.sh, -x]\n      env: [A_KEY, A_KEY]\n"
        "      timeout: 9\n      memory: 64\n      output: 2\n",
        encoding="utf-8",
    )
    command = ("bash", str(tmp_path.resolve() / "a.sh"), "-x")
    assert load_team(file).steps[0].agent == CommandAgent(
        command=command, env=("A_KEY",), timeout=9, memory=64, output=2
    )


@pytest.mark.parametrize(
    ("agent", "reason"),
    [
        ("gpt", "“gpt” is no agent: write llm, python:package.module:function, or a command below it"),
        ("python:os", "“os” does not name Python code, such as package.module:function"),
        ("python:os:system()", "“os:system()” does not name Python code, such as package.module:function"),
        ("{python: a:b, memory: 64}", "“memory” is for commands"),
        ("{timeout: 5}", "give the agent either “python” or “command”"),
        ("{python: a:b, command: [x]}", "give the agent either “python” or “command”"),
        ("{command: []}", "from 1 to 100 entries may stand here, not 0"),
        ("{command: [x], env: [A-B]}", "“A-B” is no name of a variable"),
        ("{command: [./x]}", "a path that begins with ./ needs a team file in a folder"),
        ("python:a:b\n    tools: [read_file]", "“tools” is for agents that are models"),
        ("llm", "“instructions” is missing"),
    ],
)
def test_an_agent_that_makes_no_sense_is_refused_with_a_reason(agent: str, reason: str) -> None:
    source = f"name: t\nsteps:\n  - name: A\n    agent: {agent}\n"
    assert problem_of(source).fields["reason"] == reason


def servers_of(mcp: str) -> tuple[McpServer, ...]:
    source = f"name: t\nsteps:\n  - name: A\n    instructions: x\n    mcp:\n      - {mcp}\n"
    return parse_team(source, "t.yaml").steps[0].mcp


def test_servers_of_tools_are_commands_or_addresses() -> None:
    assert servers_of("{name: a, command: [x, -y], env: [KEY], tools: [one, two], approval: [two], timeout: 5}") == (
        McpServer(name="a", command=("x", "-y"), env=("KEY",), tools=("one", "two"), approval=("two",), timeout=5),
    )
    assert servers_of("{name: b, url: 'https://example.com/mcp', token_env: KEY}") == (
        McpServer(name="b", url="https://example.com/mcp", token_env="KEY"),
    )


@pytest.mark.parametrize(
    ("mcp", "reason"),
    [
        ("{name: a}", "give the server either “command” or “url”"),
        ("{name: a, command: [x], url: 'http://a'}", "give the server either “command” or “url”"),
        ("{name: a, command: [x], token_env: K}", "“token_env” is not for this kind of server"),
        ("{name: a, url: 'http://a', env: [K]}", "“env” is not for this kind of server"),
        ("{name: a, command: [x], tools: [one], approval: [two]}", "“two” is not among the tools"),
        ("{name: A-B, command: [x]}", "“A-B” may hold only small letters, digits and _"),
        ("{name: a, url: 'ftp://a'}", "an address begins with https:// or http://, and holds no password"),
        ("{name: a, url: 'http://u:p@a'}", "an address begins with https:// or http://, and holds no password"),
        ("{name: a, command: [x]}\n      - {name: a, command: [y]}", "there are two servers with the name “a”"),
    ],
)
def test_a_server_of_tools_that_makes_no_sense_is_refused_with_a_reason(mcp: str, reason: str) -> None:
    with pytest.raises(DomainError) as refusal:
        servers_of(mcp)
    assert refusal.value.fields["reason"] == reason
