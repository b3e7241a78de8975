"""Stories of what people decide at gates, and of files that they change."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.events import StepPlan
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

DECISIONS: Final[list[Story]] = []
story: Final = kept_in(DECISIONS)
GATED: Final = (
    StepPlan(step="writer", agent_name="Writer", title="The text", needs=(), phases=("work",), approval="after"),
    StepPlan(step="printer", agent_name="Printer", title="Printing", needs=("writer",), phases=("work",)),
)
CAREFUL: Final = (
    StepPlan(step="writer", agent_name="Writer", title="The text", needs=(), phases=("work",)),
    StepPlan(
        step="printer", agent_name="Printer", title="Printing", needs=("writer",), phases=("work",), approval="before"
    ),
)


def decides(told: Teller, decision: str, answer: str | None = None, path: str | None = None, by: str = "maria") -> None:
    """The answer to what was asked last, by somebody who has seen it."""
    request = told.run.view.requests[-1]
    told.person(
        c.AnswerRequest(
            request_id=request.request_id,
            decision=decision,  # type: ignore[arg-type] # checked by the rules
            answer=answer,
            subject=request.subject,
            path=path,
        ),
        by,
    )


def writes_it(told: Teller, text: str) -> None:
    told.begin("writer")
    told.writes("writer", "docs/text.md", text)
    told.speaks("writer", "The text is there: ", text)
    told.finishes("writer")


def tool_call_asked() -> Teller:
    told = Teller(chain("clerk"))
    told.begin("clerk")
    arguments = '{\n  "issue": 7,\n  "reason": "done"\n}'
    prompt = f"May the tool `tracker_close_issue` be called with these arguments?\n\n```json\n{arguments}\n```"
    told.report("clerk", c.PersonAsked(prompt=prompt, arguments=arguments, continuation="a" * 64))
    return told


@story
def tool_call_edited() -> Teller:
    """A tool is used once a person has approved the call, with other arguments."""
    told = tool_call_asked()
    decides(told, "edit", '{"issue": 8, "reason": "done"}')
    told.works("clerk")
    return told


@story
def tool_call_waiting() -> Teller:
    """A person is asked before a tool is used, and shown its arguments."""
    return tool_call_asked()


@story
def approval_asked() -> Teller:
    """An agent is done; the run waits until a person has approved what it made."""
    told = Teller(GATED)
    writes_it(told, "Hello.")
    return told


@story
def approved() -> Teller:
    """A person has approved it a week later; the next agent is in the queue."""
    told = approval_asked()
    told.wait(7 * 86_400)
    decides(told, "approve")
    return told


@story
def edited_and_approved() -> Teller:
    """A person approves it with changes: the next agent finds the new version."""
    told = approval_asked()
    decides(told, "edit", "Hello, world.\n")
    return told


@story
def reply_edited() -> Teller:
    """There was no file to change: what the person wrote instead of the reply becomes one."""
    told = Teller(GATED)
    told.works("writer")
    decides(told, "edit", "Print it twice.\n")
    return told


@story
def sent_back() -> Teller:
    """The agent has done it again with the feedback, and a person is asked in the second round."""
    told = approval_asked()
    decides(told, "reject", "It is too short.")
    writes_it(told, "Hello and welcome.")
    return told


@story
def sent_back_too_often() -> Teller:
    """After the third round a person is asked what now; the step is skipped."""
    told = approval_asked()
    for words in ("It is too short.", "It is too long."):
        decides(told, "reject", words)
        writes_it(told, f"Hello. {words}")
    decides(told, "reject")
    decides(told, "respond", "Skip this step")
    return told


@story
def responded() -> Teller:
    """A word that is neither yes nor no: the agent takes it up, in the same round."""
    told = approval_asked()
    decides(told, "respond", "Who is it for?")
    writes_it(told, "Hello, neighbours.")
    return told


@story
def stopped_at_a_gate() -> Teller:
    """A person stops the project at a gate: what is there stays."""
    told = approval_asked()
    for _ in range(2):
        decides(told, "reject", "No.")
        writes_it(told, "Hello again.")
    decides(told, "reject", "No.")
    decides(told, "respond", "Stop the project")
    return told


@story
def begin_asked() -> Teller:
    """A person is asked before the second agent begins."""
    told = Teller(CAREFUL)
    writes_it(told, "Hello.")
    return told


@story
def begin_with_a_word() -> Teller:
    """The second agent may begin, and gets a word to go with it."""
    told = begin_asked()
    decides(told, "edit", "On thick paper.")
    told.begin("printer")
    return told


@story
def begin_refused() -> Teller:
    """What the second agent was to start from is done again first."""
    told = begin_asked()
    decides(told, "reject", "The text is not ready.")
    writes_it(told, "Hello, dear reader.")
    return told


@story
def changed_while_asked() -> Teller:
    """A person changes a file that waits for approval: it is asked again with a new subject, under the same id."""
    told = approval_asked()
    told.person(c.EditArtifact(path="docs/text.md", content="Good day.\n"), "ravi")
    return told


@story
def edited_and_run_again() -> Teller:
    """A file is changed after the end, and what depends on it is done again."""
    told = Teller(CAREFUL[:1] + GATED[1:])
    writes_it(told, "Hello.")
    told.works("printer")
    told.person(c.EditArtifact(path="docs/text.md", content="Good day.\n", rerun=True), "maria")
    return told
