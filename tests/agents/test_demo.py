"""The demo's projects are real: they are written to a folder, and their own tests are run."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from botarmy.agents.demo.brief import read_brief
from tests.agents.demo_team import Finished, run_team

HOSTILE = (
    """<script>alert("1")</script> it's `rm -rf /` ${x} {{title}} {{brief}} %s {0} \\ " ' */ --> ]]> \n# no\n- list"""
    """\n```\n</textarea></title><img src=x onerror=alert(1)> & ; $(id) \x00\x1b[31m\ud800 \u2028 end"""
)
KINDS = {
    "A pomodoro timer for teams": "timer",
    "A meeting timer, 15 minutes": "timer",
    "tabata interval timer": "timer",
    "tip calculator for groups": "tip",
    "split the bill in a restaurant with friends": "tip",
    "A todo list with priorities": "records",
    "track my reading list": "records",
    "An app for beekeepers to manage hives with location, date and notes": "records",
    "expense tracker with amount, category and date": "records",
    "quiz about European capitals": "quiz",
    "a trivia game about cats": "quiz",
    "convert celsius to fahrenheit": "converter",
    "currency converter": "converter",
    "a unit converter": "converter",
    "password generator": "password",
    "random team generator": "picker",
    "roll a d20": "picker",
    "habit tracker with streaks": "habit",
    "a scoreboard for table tennis": "counter",
    "a tally counter": "counter",
    "A calculator": "calculator",
    "a command line tool in Python that counts words": "py_words",
    "python password generator": "py_password",
    "a terminal todo app with due dates and priorities": "py_records",
}
SHAPELESS = {
    "nonsense": "asdf qwer zxcv",
    "one letter": "x",
    "emoji": "🎉🐝👩‍🚀 ✨",
    "german": "Eine Einkaufsliste für die Familie",
    "japanese": "チームのためのタスク管理アプリを作ってください。",
    "arabic": "تطبيق لإدارة المهام",
    "long": "A very long brief about many things. " * 890,
    "hostile": HOSTILE,
    "hostile python": f"in python {HOSTILE}",
    "hostile quiz": f"quiz {HOSTILE}",
    "hostile timer": f"timer {HOSTILE}",
    "quotes": "\"\"\"'''\\\"\\'",
    "code fence": "```\n~~~\n<!-- -->\n[x](javascript:alert(1))",
}


@pytest.fixture(params=[*KINDS, *SHAPELESS.values()], ids=[*KINDS, *SHAPELESS])
async def run(request: pytest.FixtureRequest) -> Finished:
    return await run_team(request.param)


def run_in(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(("brief", "kind"), KINDS.items())
def test_a_brief_is_taken_for_the_kind_of_project_that_it_asks_for(brief: str, kind: str) -> None:
    assert read_brief(brief).kind == kind


async def test_the_projects_own_tests_pass_and_there_is_one_for_each_acceptance_check(
    run: Finished, tmp_path: Path
) -> None:
    checks = re.findall(r"^- \*\*(AC-\d+)\*\*", run.text("docs/requirements.md"), re.MULTILINE)
    assert len(checks) >= 4
    assert checks == [f"AC-{number}" for number in range(1, len(checks) + 1)]
    folder = run.write_to(tmp_path)
    if "package.json" in run.files.contents:
        done = run_in(folder, "node", "--test", "--test-reporter=tap")
        assert done.returncode == 0, done.stdout
        passed = re.findall(r"^ok \d+ - (AC-\d+)", done.stdout, re.MULTILINE)
    else:
        done = run_in(folder, sys.executable, "-W", "error", "-m", "unittest", "-v")
        assert done.returncode == 0, done.stderr
        passed = [
            f"AC-{number}" for number in re.findall(r"^test_ac_(\d+)\w* .*\n.*\.\.\. ok$", done.stderr, re.MULTILINE)
        ]
    assert sorted(passed) == sorted(checks)


async def test_every_file_is_of_a_sensible_size_and_names_no_other_place(run: Finished) -> None:
    for path, content in run.files.contents.items():
        assert 0 < len(content) < 256 * 1024, path
        text = content.decode("utf-8")
        assert "{{" not in re.sub(r"\\?\{\\?\{(title|brief)\\?\}\\?\}", "", text), path
        if path.startswith("app/"):
            assert not re.search(r"https?://|//[a-z]+\.", text), path


class Page(HTMLParser):
    """Checks nesting and collects what a page refers to."""

    VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.references: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in self.VOID and self.get_starttag_text() and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)
        for name, value in attrs:
            assert not name.startswith("on"), name
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src"):
                self.references.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


async def test_the_page_is_sound_and_loads_only_its_own_files(run: Finished) -> None:
    if "app/index.html" not in run.files.contents:
        assert "app/main.py" in run.files.contents
        return
    page = Page()
    page.feed(run.text("app/index.html"))
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    for reference in page.references:
        assert reference.startswith(("#", "data:")) or f"app/{reference}" in run.files.contents, reference
    script = run.text("app/main.js")
    for name in re.findall(r'\$\("([\w-]+)"\)', script):
        assert name in page.ids or f'id: "{name}"' in script, name


async def test_javascript_imports_what_exists(run: Finished) -> None:
    for path in [path for path in run.files.contents if path.endswith(".js")]:
        for name in re.findall(r'from "\.{1,2}/([^"]+)"', run.text(path)):
            target = name if path.startswith("tests/") else f"app/{name}"
            assert target in run.files.contents, f"{path} imports {name}"


@pytest.mark.parametrize("prefix", ["", "in python ", "quiz ", "timer ", "password ", "tip calculator ", "todo list "])
async def test_hostile_words_reach_no_file_as_markup_or_code(prefix: str) -> None:
    run = await run_team(prefix + HOSTILE, title=f"{prefix}{HOSTILE[:120]} chosen")
    for path, content in run.files.contents.items():
        text = content.decode("utf-8")
        assert "<script>alert" not in text, path
        assert "<img" not in text, path
        assert "\x1b" not in text, path
        assert "$(id)" not in text or path.endswith((".md", ".js", ".py")), path
    said = "".join(run.said(step) for step in run.outputs)
    assert "<script>" not in said
    assert "<img" not in said


async def test_the_start_script_and_the_container_file_carry_no_words_of_the_brief_but_plain_ones() -> None:
    for brief in (HOSTILE, f"in python {HOSTILE}"):
        run = await run_team(brief)
        title = run.text("Dockerfile").splitlines()[0]
        assert re.fullmatch(r"# [A-Za-z0-9 .,-]*", title)
        assert run.text("start.sh") in {(await run_team(other)).text("start.sh") for other in ("x", "in python x")}


async def test_the_same_brief_gives_the_same_project() -> None:
    for brief in ("A pomodoro timer for teams", "🎉", HOSTILE):
        first, second = await run_team(brief), await run_team(brief)
        assert first.files.contents == second.files.contents
        assert first.outputs == second.outputs


async def test_python_programs_run_and_answer_wrong_use_in_words(tmp_path: Path) -> None:
    for number, brief in enumerate(["count words in python", "python password generator", "a terminal todo list"]):
        folder = (await run_team(brief)).write_to(tmp_path / str(number))
        helped = run_in(folder, "sh", "start.sh", "--help")
        assert helped.returncode == 0
        assert helped.stdout.startswith("usage:")
        wrong = run_in(folder, "sh", "start.sh", "--no-such-option")
        assert wrong.returncode == 2
        assert "Traceback" not in wrong.stderr


async def test_documents_name_the_files_that_exist(run: Finished) -> None:
    architecture = run.text("docs/architecture.md")
    tree = architecture.split("```text\n")[1].split("```")[0]
    folder, listed = "", []
    for line in tree.splitlines():
        if line.endswith("/"):
            folder = line
        else:
            listed.append(folder + line.strip() if line.startswith(" ") else line)
    assert sorted(listed) == list(run.files.paths())
    components = re.findall(r"^\| `([^`]+)` \|", architecture.split("## Data")[0], re.MULTILINE)
    assert {name for row in components for name in row.split(", ")} <= set(listed)
