"""What the demo's agents say: about the brief, about themselves, and about what went wrong before them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace

import pytest

from botarmy.agents.demo.brief import read_brief
from botarmy.agents.demo.fill import as_javascript, as_markdown, as_python, fill
from botarmy.agents.demo.records import plural, records_of, singular
from botarmy.domain.team import PhaseSpec
from botarmy.ports import CallEnded, EarlierResult, File, Progress, Result, Text, ToolUse
from tests.agents.demo_team import STEPS, Memory, context_of, play, run_team, spec_of

TITLES = {
    "A pomodoro timer for teams": "Pomodoro timer for teams",
    "Please build me a todo list. It should have priorities.": "Todo list",
    "i want to create a quiz about space": "Quiz about space",
    "convert celsius to fahrenheit": "Convert celsius to fahrenheit",
    "   \n\n# A tip calculator\nfor groups": "Tip calculator",
    "x": "X",
    "...": "Untitled project",
    "🎉": "🎉",
}


def said(outputs: Sequence[object]) -> str:
    return "".join(o.text for o in outputs if isinstance(o, Text) and o.channel == "text")


@pytest.mark.parametrize(("brief", "title"), TITLES.items())
def test_the_title_is_the_brief_without_the_asking(brief: str, title: str) -> None:
    assert read_brief(brief).title == title


def test_a_title_that_a_person_chose_is_kept_and_one_cut_from_the_brief_is_not() -> None:
    brief = "A pomodoro timer for teams that sit apart"
    assert read_brief(brief, "Tomato").title == "Tomato"
    assert read_brief(brief, "A pomodoro timer for…").title == "Pomodoro timer for teams that sit apart"


def test_a_long_title_is_cut_at_a_word() -> None:
    title = read_brief("word " * 100).title
    assert len(title) <= 65
    assert title.endswith("word…")


@pytest.mark.parametrize(
    ("brief", "noun", "fields"),
    [
        ("A todo list with priorities", "task", ["title", "priority", "notes"]),
        ("A todo list with due dates and priorities for my team", "task", ["title", "due", "priority", "who", "notes"]),
        ("track my reading list", "book", ["title", "author", "status", "rating"]),
        ("track books with title, author and rating", "book", ["title", "author", "rating"]),
        ("An app to manage hives with location, date and notes", "hive", ["name", "location", "date", "notes"]),
        ("Keep track of my vinyl records: artist, title and year", "vinyl record", ["title", "artist", "year"]),
        ("", "entry", ["name", "category", "date", "notes"]),
    ],
)
def test_a_list_takes_its_noun_and_fields_from_the_brief(brief: str, noun: str, fields: list[str]) -> None:
    records = records_of(read_brief(brief))
    assert records.noun == noun
    assert [spec["id"] for spec in records.fields] == fields


def test_nouns_are_counted_in_english() -> None:
    for one, many in {"entry": "entries", "box": "boxes", "hive": "hives", "day": "days"}.items():
        assert plural(one) == many
        assert singular(many) == one


async def test_the_analyst_says_that_this_is_the_demo_and_how_to_leave_it() -> None:
    text = (await run_team("A tip calculator")).said("analyst")
    assert "offline demo" in text
    assert "OPENAI_API_KEY" in text
    assert "!" not in text


async def test_what_the_brief_asks_for_and_the_demo_leaves_out_is_named() -> None:
    run = await run_team("A todo list with login, a Postgres database and e-mail reminders, in React")
    outside = run.text("docs/requirements.md").split("## Outside this version")[1]
    for words in ("sign-in", "database", "mail", "framework"):
        assert words in outside


async def test_a_brief_without_a_template_is_told_so() -> None:
    assert "No template of the demo fits" in (await run_team("a bakery")).said("analyst")
    assert "No template of the demo fits" not in (await run_team("a todo list")).said("analyst")


async def test_a_quiz_on_an_unknown_topic_says_that_its_questions_are_general() -> None:
    run = await run_team("a quiz about my cat")
    assert "has none" in run.text("docs/requirements.md")
    assert "has none" not in (await run_team("quiz about European capitals")).text("docs/requirements.md")


async def test_nobody_claims_that_the_tests_were_run() -> None:
    run = await run_team("A calculator")
    assert "written, not run" in run.text("docs/test-report.md")
    assert "did not run them" in run.said("tester")


async def test_notes_from_people_are_taken_up_and_escaped() -> None:
    for step in STEPS:
        outputs = await play(context_of(spec_of(step), "A timer", notes=("Make it <b>green</b>",)))
        assert "Make it &lt;b&gt;green&lt;/b&gt;" in said(list(outputs))


@pytest.mark.parametrize("step", STEPS)
async def test_a_note_that_comes_while_an_agent_works_is_answered_in_its_next_message(step: str) -> None:
    news = [("Make it <b>green</b>",), ("And larger",)]

    async def hear() -> tuple[str, ...]:
        return news.pop(0) if news else ()

    outputs = list(await play(replace(context_of(spec_of(step), "A timer"), hear=hear)))
    assert news == []
    text = said(outputs)
    assert "Your note reached me while I was at work" in text
    assert "Make it &lt;b&gt;green&lt;/b&gt;" in text
    assert "> And larger" in text
    assert isinstance(outputs[-1], Result)
    assert isinstance(outputs[-2], CallEnded)


@pytest.mark.parametrize("step", STEPS[1:])
async def test_an_agent_says_what_is_missing_and_does_its_work_all_the_same(step: str) -> None:
    earlier = [EarlierResult(agent_name="Analyst", title="Requirements", status="error", text="It broke off.")]
    outputs = await play(context_of(spec_of(step), "A timer", earlier=earlier))
    text = said(list(outputs))
    assert "Analyst did not finish." in text
    assert "missing, so I work from the brief alone" in text
    assert any(isinstance(output, File) for output in outputs)
    assert isinstance(outputs[-1], Result)


async def test_a_file_that_cannot_be_read_is_a_failed_tool_call() -> None:
    outputs = await play(context_of(spec_of("architect"), "A timer"))
    states = [output.status for output in outputs if isinstance(output, ToolUse) and output.name == "read_file"]
    assert states == ["started", "error"]


async def test_every_tool_call_ends_and_every_file_stands_between_its_calls() -> None:
    for outputs in (await run_team("A quiz")).outputs.values():
        running: dict[str, ToolUse] = {}
        for output in outputs:
            if isinstance(output, ToolUse) and output.status == "started":
                assert output.call_id not in running
                running[output.call_id] = output
            elif isinstance(output, ToolUse):
                del running[output.call_id]
            elif isinstance(output, File):
                assert [call.summary for call in running.values()] == [f"Writing {output.path}"]
        assert running == {}


async def test_each_step_writes_its_own_files() -> None:
    run = await run_team("A timer")
    written = {step: [o.path for o in outputs if isinstance(o, File)] for step, outputs in run.outputs.items()}
    assert written["analyst"] == ["docs/requirements.md"]
    assert written["architect"] == ["docs/architecture.md"]
    assert all(path.startswith(("app/", "package.json")) for path in written["developer"])
    assert {path.split("/")[0] for path in written["tester"]} == {"tests", "docs"}
    assert set(written["deployer"]) == {"Dockerfile", "README.md", "start.sh"}


async def test_an_agent_of_another_team_writes_what_its_team_file_expects() -> None:
    artifacts = ("plan.md", "docs/", "data.json", "site/index.html", "tool.py", "../x", "/etc/passwd")
    spec = spec_of("marketer", role="Finds <b>customers</b>", artifacts=artifacts)
    files = Memory()
    outputs = await play(context_of(spec, "Sell honey <script>x</script>", files))
    assert files.paths() == ["data.json", "docs/notes.md", "plan.md", "site/index.html", "tool.py"]
    for content in files.contents.values():
        assert b"<script>" not in content
    assert "offline demo" in said(list(outputs))
    assert isinstance(outputs[-1], Result)


async def test_an_agent_without_expected_artifacts_still_answers() -> None:
    outputs = await play(context_of(spec_of("reviewer"), "Look at this"))
    assert "offline demo" in said(list(outputs))
    assert isinstance(outputs[-1], Result)
    assert not any(isinstance(output, File) for output in outputs)


@pytest.mark.parametrize("step", ["developer", "stranger"])
async def test_files_are_written_in_the_last_phase_alone(step: str) -> None:
    phases = (PhaseSpec(phase="research"), PhaseSpec(phase="implementation"))
    spec = spec_of(step, phases=phases, artifacts=("notes.md",))
    early = await play(context_of(spec, "A timer", phase=phases[0]))
    late = await play(context_of(spec, "A timer", phase=phases[1]))
    assert "research" in said(list(early))
    assert not any(isinstance(output, File) for output in early)
    assert any(isinstance(output, File) for output in late)


async def test_progress_names_the_file_being_written() -> None:
    run = await run_team("A timer")
    tasks = [output.task for output in run.outputs["developer"] if isinstance(output, Progress)]
    assert "Writing app/main.js" in tasks


def test_values_cannot_become_templates_markup_or_code() -> None:
    assert fill("{{a}} {{b}}", {"a": "{{b}}", "b": "x"}) == "{{b}} x"
    assert as_markdown("# [a](b) <i> `c`\n1. d") == "\\# \\[a\\](b) &lt;i&gt; \\`c\\` 1. d"
    assert as_markdown("1. first") == "1\\. first"
    assert as_javascript('</script>"\n') == '\\u003c/script\\u003e\\"\\n'
    text = '"""\'\\\n\ud83dé🎉'.replace("\ud83d", "")
    namespace: dict[str, str] = {}
    exec(f'text = "{as_python(text)}"', namespace)
    assert namespace["text"] == text


def test_importing_the_demo_loads_neither_models_nor_the_web() -> None:
    heavy = {"pydantic_ai", "openai", "fastapi", "sqlalchemy", "yaml"}
    code = f"import sys, botarmy.agents.demo; print(sorted({heavy!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_research_and_planning_leave_their_files_where_the_team_expects_them() -> None:
    phases = tuple(PhaseSpec(phase=name) for name in ("research", "planning", "implementation"))
    spec = spec_of("developer", phases=phases, artifacts=("docs/requirements.md", "docs/architecture.md", "app/"))
    files = Memory()
    for phase, expected in zip(phases[:2], ("docs/requirements.md", "docs/architecture.md"), strict=True):
        outputs = await play(context_of(spec, "A timer", files, phase=phase))
        assert [o.path for o in outputs if isinstance(o, File)] == [expected]
    last = await play(context_of(spec, "A timer", files, phase=phases[2]))
    assert all(o.path.startswith(("app/", "package.json")) for o in last if isinstance(o, File))
    assert "missing" not in said(last)


async def test_an_agent_says_why_it_does_something_once_more() -> None:
    context = replace(context_of(spec_of("developer"), "A timer"), feedback=("The phase “work” failed: *too long*.",))
    assert "I do this once more, because:\n\n> The phase “work” failed: \\*too long\\*." in said(await play(context))
