"""Real programs, on the event loop of the standard library and on the one that the server has."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest
import structlog

from botarmy.agents import process
from botarmy.agents.command import Commands
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import CommandAgent
from botarmy.ports import AgentContext, File, Output, Progress, Question, Result, Text
from botarmy.redaction import Redactor
from tests.agents.demo_team import Memory, context_of, spec_of

READ = "import json, sys, os, time, subprocess, signal\ncontext = json.loads(sys.stdin.readline())\n"
SAY = "def say(**shape): print(json.dumps(shape), flush=True)\n"
FOREVER = "import time\nwhile True: time.sleep(1)\n"


@pytest.fixture(params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LEAVE_SECONDS", 0.5)
    monkeypatch.setattr(process, "DRAIN_SECONDS", 0.2)


def a_context(**more: object) -> AgentContext:
    return replace(context_of(spec_of("counter"), "A brief", Memory()), **more)  # type: ignore[arg-type] # by name


def script(text: str, **more: object) -> CommandAgent:
    return CommandAgent(command=(sys.executable, "-c", READ + SAY + text), **{"timeout": 30, **more})  # type: ignore[arg-type] # by name


async def outputs_of(
    program: CommandAgent,
    context: AgentContext | None = None,
    environ: dict[str, str] | None = None,
    redact: Redactor | None = None,
) -> list[Output]:
    commands = Commands(environ or dict(os.environ), redact or Redactor())
    context = context or a_context()
    outputs: list[Output] = []
    async with aclosing(commands(program).run(context)) as stream:
        async for output in stream:
            if isinstance(output, File) and isinstance(context.files, Memory):
                context.files.contents[output.path] = output.content
            outputs.append(output)
    return outputs


async def failure_of(program: CommandAgent) -> DomainError:
    with pytest.raises(DomainError) as failure:
        await outputs_of(program)
    return failure.value


def is_running(pid: int) -> bool:
    """Neither gone nor a zombie that its parent has not looked at."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while is_running(pid):
            await asyncio.to_thread(lambda: None)


async def test_a_program_reads_the_context_and_says_what_it_likes() -> None:
    program = script(
        """
say(progress=0.5, task="Counting")
say(file="docs/a.md", content=context["brief"])
say(text=f"{context['name']}: {len(context['brief'].split())} words. ")
print(json.dumps("And a bare string."), flush=True)
"""
    )
    assert await outputs_of(program) == [
        Progress("Counting", 0.5),
        File("docs/a.md", b"A brief"),
        Text("Counter: 2 words. "),
        Text("And a bare string."),
        Result("Counter: 2 words. And a bare string."),
    ]


async def test_a_program_reads_files_of_the_project_also_those_that_are_no_text() -> None:
    program = script(
        """
for path in ("a.md", "b.bin", "mine.md", "none.md"):
    if path == "mine.md": say(file=path, content="my own")
    say(read=path)
    say(text=sys.stdin.readline())
"""
    )
    context = a_context()
    assert isinstance(context.files, Memory)
    context.files.contents.update({"a.md": "ä".encode(), "b.bin": b"\xff\x00"})
    said = [json.loads(output.text) for output in await outputs_of(program, context) if isinstance(output, Text)]
    assert said == [
        {"file": "a.md", "content": "ä"},
        {"file": "b.bin", "base64": "/wA="},
        {"file": "mine.md", "content": "my own"},
        {"file": "none.md", "error": "There is no such file in this project."},
    ]


async def test_a_question_ends_the_program_and_its_state_comes_back_with_the_answer() -> None:
    program = script(
        """
if not context["answers"]:
    say(question="Which?", options=["a", "b"], state={"seen": 3})
    time.sleep(60)
say(text=context["answers"][0]["answer"] + str(context["state"]["seen"]))
"""
    )
    (asked,) = await outputs_of(program)
    assert isinstance(asked, Question)
    assert (asked.prompt, asked.options) == ("Which?", ("a", "b"))
    after = a_context(answers=(("Which?", "b"),), continuation=asked.continuation)
    assert (await outputs_of(program, after))[0] == Text("b3")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sys.exit(1)", "agent_failed"),
        ("say(text='x'); os.kill(os.getpid(), 9)", "agent_failed"),
        ("raise ValueError", "agent_failed"),
        ("pass", "agent_silent"),
        ("say(error='no paper')", "agent_gave_up"),
        ("say(error='no paper', retryable=True)", "agent_gave_up_for_now"),
        ("print('hello')", "agent_unreadable"),
        ("print('null')", "agent_unreadable"),
        ("print('[' * 100000)", "agent_unreadable"),
        ("say(percent=1)", "agent_unreadable"),
        ("say(read=1)", "agent_unreadable"),
        ("say(file='a', base64='?')", "agent_unreadable"),
        ("sys.stdout.buffer.write(b'\\xff\\x00\\n')", "agent_unreadable"),
        ("while True: say(text='x' * 100000)", "agent_too_talkative"),
        ("while True: say(progress=0.1)", "agent_too_talkative"),
        ("sys.stdout.write('x' * 3000000); sys.stdout.flush(); time.sleep(60)", "agent_unreadable"),
        ("x = bytearray(500_000_000); say(text='had it')", "agent_failed"),
    ],
)
async def test_a_bad_program_fails_with_a_code(text: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "LINE_BYTES", 1024 * 1024)
    assert (await failure_of(script(text, memory=256, output=2))).code == code


async def test_a_program_that_closes_its_output_and_goes_on_is_ended() -> None:
    failure = await failure_of(script("say(text=str(os.getpid())); os.close(1); time.sleep(60)"))
    assert failure.code == "agent_silent"


async def test_a_program_that_is_not_there_is_said_not_to_be_loaded() -> None:
    failure = await failure_of(CommandAgent(command=("/nowhere/program",)))
    assert failure.code == "agent_not_loaded"
    assert "cannot be started" in str(failure.detail)


async def test_a_program_that_hangs_is_killed_at_its_time_limit_even_if_it_will_not_go() -> None:
    text = "signal.signal(signal.SIGTERM, signal.SIG_IGN); say(text=str(os.getpid())); time.sleep(60)"
    stream = Commands(os.environ)(script(text, timeout=2)).run(a_context())
    first = await anext(stream)
    assert isinstance(first, Text)
    with pytest.raises(DomainError) as failure:
        await anext(stream)
    assert (failure.value.code, failure.value.retryable) == ("agent_timeout", True)
    assert not is_running(int(first.text))


async def test_a_program_that_never_reads_is_ended_like_any_other() -> None:
    program = CommandAgent(command=(sys.executable, "-c", FOREVER), timeout=1)
    with pytest.raises(DomainError) as failure:
        await outputs_of(program, a_context(brief="x" * 4_000_000))
    assert failure.value.code == "agent_timeout"


async def test_stopping_ends_the_program_with_its_children() -> None:
    text = f"child = subprocess.Popen([sys.executable, '-c', {FOREVER!r}]); say(text=str(child.pid)); child.wait()"
    stream = Commands(os.environ)(script(text)).run(a_context())
    first = await anext(stream)
    assert isinstance(first, Text)
    assert is_running(int(first.text))
    await stream.aclose()
    await gone(int(first.text))


async def test_cancelling_ends_the_program() -> None:
    pids: list[int] = []
    running = asyncio.Event()

    async def read() -> None:
        async with aclosing(
            Commands(os.environ)(script("say(text=str(os.getpid())); time.sleep(60)")).run(a_context())
        ) as stream:
            async for output in stream:
                assert isinstance(output, Text)
                pids.append(int(output.text))
                running.set()

    reading = asyncio.create_task(read())
    await running.wait()
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert not is_running(pids[0])


async def test_a_child_that_outlives_the_program_and_holds_its_output_is_ended() -> None:
    text = f"child = subprocess.Popen([sys.executable, '-c', {FOREVER!r}]); say(text=str(child.pid))"
    outputs = await outputs_of(script(text))
    assert isinstance(outputs[0], Text)
    assert isinstance(outputs[-1], Result)
    await gone(int(outputs[0].text))


async def test_a_program_is_given_harmless_variables_and_those_that_are_named() -> None:
    environ = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": "sk-1", "MY_TOKEN": "t", "BOTARMY_PORT": "1", "LANG": "C"}
    outputs = await outputs_of(script("say(text=json.dumps(sorted(os.environ)))", env=("MY_TOKEN",)), environ=environ)
    assert isinstance(outputs[0], Text)
    assert set(json.loads(outputs[0].text)) - {"LC_CTYPE"} == {"LANG", "MY_TOKEN", "PATH"}


async def test_a_program_works_in_an_empty_folder_that_is_removed() -> None:
    outputs = await outputs_of(script("open('left', 'w').close(); say(text=os.getcwd())"))
    assert isinstance(outputs[0], Text)
    assert outputs[0].text not in [entry.path for entry in await asyncio.to_thread(os.scandir, gettempdir())]


async def test_what_it_complains_of_is_logged_within_bounds_and_without_secrets() -> None:
    text = """
print('the key is', 'swordfish-' * 3, file=sys.stderr)
for number in range(1000): print('line', number, 'x' * 9000, file=sys.stderr)
say(text='Done.')
"""
    with structlog.testing.capture_logs() as logs:
        outputs = await outputs_of(script(text), redact=Redactor(["swordfish-" * 3]))
    assert outputs[-1] == Result("Done.")
    lines = [entry["line"] for entry in logs if entry["event"] == "agent_stderr"]
    assert lines[0] == "the key is [removed]"
    assert len(lines) == process.COMPLAINT_LINES
    assert max(map(len, lines)) == process.COMPLAINT_CHARACTERS
