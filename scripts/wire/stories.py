"""The stories behind the golden samples: what happens to runs, from the usual to the odd."""

from __future__ import annotations

from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.events import StepPlan, Usage
from scripts.wire.story import Story, kept_in
from scripts.wire.teller import Teller, chain

COMMON: Final[list[Story]] = []
story: Final = kept_in(COMMON)


@story
def just_started() -> Teller:
    """A run that nobody works on yet: the first step is in the queue."""
    return Teller()


@story
def whole_run() -> Teller:
    """Five agents one after another, with deltas, thinking, tool calls, progress and files; it succeeds."""
    told = Teller()
    for step in [plan.step for plan in told.run.plan]:
        told.elsewhere(3)
        told.begin(step)
        told.does(step, f"{step.title()} is reading the brief", 0.1)
        message = told.message(step)
        told.says(message, "What do they ", "thinking")
        told.says(message, "really need?", "thinking")
        told.says(message, "## Plan\n\n")
        told.says(message, "- one\n- two\n")
        told.ends(message, usage=Usage(input_tokens=120, output_tokens=40, cost_usd=0.25))
        call = told.new_id()
        told.report(
            step, c.ToolCalled(call_id=call, name="write_file", status="started", summary=f"Writing docs/{step}.md")
        )
        told.writes(step, f"docs/{step}.md", f"# {step}\n")
        told.report(
            step, c.ToolCalled(call_id=call, name="write_file", status="completed", summary=f"Wrote docs/{step}.md")
        )
        told.does(step, f"{step.title()} is checking the result", 0.9)
        told.speaks(step, "It is done.", usage=Usage(input_tokens=200, output_tokens=8))
        told.finishes(step)
    return told


@story
def half_written_message() -> Teller:
    """The second agent is in the middle of a sentence, thinking and text both."""
    told = Teller()
    told.works("analyst")
    told.begin("architect")
    told.does("architect", "Architect is drawing boxes")
    message = told.message("architect")
    told.says(message, "Boxes, then arrows.", "thinking")
    told.says(message, "The system has three ")
    told.says(message, "parts, the first of wh")
    return told


@story
def failing_step() -> Teller:
    """The architect fails for good in the middle of a message; the run goes on and its outcome is partial."""
    told = Teller()
    told.works("analyst")
    told.begin("architect")
    told.says(told.message("architect"), "I would begin with")
    told.fails("architect")
    for step in ("developer", "tester", "deployer"):
        told.works(step)
    return told


@story
def retryable_failure() -> Teller:
    """The first try fails in a way that may pass: the step waits for its second, and says until when."""
    told = Teller()
    told.begin("analyst")
    told.says(told.message("analyst"), "The brief asks f")
    told.fails("analyst", retryable=True)
    return told


@story
def second_try_works() -> Teller:
    """After the wait the second attempt completes; the first one's text stays, marked as interrupted."""
    told = retryable_failure()
    told.wait(1)
    told.works("analyst")
    return told


@story
def second_try_fails_too() -> Teller:
    """No attempts are left: the step ends in error."""
    told = retryable_failure()
    told.wait(1)
    told.begin("analyst")
    told.fails("analyst", retryable=True)
    return told


@story
def worker_lost() -> Teller:
    """A worker dies in the middle of a message; another takes over under the same attempt and completes."""
    told = Teller()
    told.begin("analyst", "worker-1")
    told.says(told.message("analyst"), "The brief asks for a")
    told.wait(10)
    told.lose("analyst")
    told.begin("analyst", "worker-2")
    told.speaks("analyst", "The brief asks for ", "a timer.")
    told.finishes("analyst")
    return told


@story
def given_up() -> Teller:
    """A job whose workers died twenty times is given up, and the next step goes on."""
    told = Teller()
    for _ in range(20):
        told.begin("analyst")
        told.wait(10)
        told.lose("analyst")
    return told


@story
def handed_back() -> Teller:
    """A server that restarts gives its work back; no attempt is used up."""
    told = Teller()
    told.begin("analyst")
    told.says(told.message("analyst"), "The brief")
    told.hand_back("analyst")
    return told


@story
def paused() -> Teller:
    """A person pauses in the middle of a message: its text so far stays, and the step is held."""
    told = Teller()
    told.begin("analyst")
    told.says(told.message("analyst"), "The brief asks ")
    told.person(c.PauseRun())
    return told


@story
def paused_and_resumed() -> Teller:
    """The pause is over: the attempt starts again and completes."""
    told = paused()
    told.wait(3600)
    told.person(c.ResumeRun())
    told.works("analyst")
    return told


@story
def cancelled() -> Teller:
    """A person cancels in the middle of a message."""
    told = Teller()
    told.works("analyst")
    told.begin("architect")
    told.says(told.message("architect"), "Three parts: ")
    told.report("architect", c.ToolCalled(call_id="call-1", name="read_file", status="started", summary="Reading"))
    told.person(c.CancelRun())
    return told


@story
def deleted() -> Teller:
    """A person deletes a run that is at work."""
    told = Teller()
    told.begin("analyst")
    told.says(told.message("analyst"), "The brief asks ")
    told.person(c.DeleteRun())
    return told


@story
def skipped_step() -> Teller:
    """A person skips a step at work and one that has not begun; the rest completes, and nothing counts as missing."""
    told = Teller()
    told.begin("analyst")
    told.says(told.message("analyst"), "The brief asks ")
    told.person(c.SkipStep("analyst"))
    told.person(c.SkipStep("tester"))
    for step in ("architect", "developer", "deployer"):
        told.works(step)
    return told


@story
def retry_after_the_end() -> Teller:
    """A run ended as partial; its failed step is retried and completes, and so the run ends again, as succeeded."""
    told = failing_step()
    told.wait(60)
    told.person(c.RetryStep("architect"))
    told.works("architect")
    return told


@story
def retried_run_at_work() -> Teller:
    """A failed step of an ended run is being retried: the run is running again."""
    told = failing_step()
    told.wait(60)
    told.person(c.RetryStep("architect"))
    told.begin("architect")
    return told


@story
def failed_run() -> Teller:
    """No step could be completed."""
    told = Teller(chain("writer", "reader", attempts=1))
    for step in ("writer", "reader"):
        told.begin(step)
        told.fails(step)
    return told


@story
def side_by_side() -> Teller:
    """Steps that need nothing of each other run at the same time; one waits for a person, the run does not."""
    plan = (
        StepPlan(step="source", agent_name="Source", title="Source", needs=(), phases=("work",)),
        StepPlan(step="left", agent_name="Left", title="Left", needs=("source",), phases=("work",)),
        StepPlan(step="right", agent_name="Right", title="Right", needs=("source",), phases=("work",)),
        StepPlan(step="sink", agent_name="Sink", title="Sink", needs=("left", "right"), phases=("work",)),
    )
    told = Teller(plan)
    told.works("source")
    told.begin("left", "worker-1")
    told.begin("right", "worker-2")
    left, right = told.message("left"), told.message("right")
    for word in ("to ", "be ", "or "):
        told.says(left, word)
        told.says(right, f"not {word}")
    told.ends(right)
    told.report("left", c.PersonAsked(prompt="To be?"))
    return told


@story
def several_phases() -> Teller:
    """A step with three phases is in its second; the first one's result is kept."""
    told = Teller(chain("builder", "reader", phases=("research", "planning", "implementation")))
    told.works("builder")
    told.begin("builder")
    told.does("builder", "Builder is planning", 0.4)
    return told


@story
def notes() -> Teller:
    """People tell the team and one agent something while it works."""
    told = Teller()
    told.begin("analyst")
    told.person(c.AddNote(content="Keep it *simple*."), "maria")
    told.person(c.AddNote(content="Use SVG ⏱️ for the clock.", step="developer"))
    return told


@story
def fallback_message() -> Teller:
    """The model could not be reached and a prepared message stands in: the outcome is partial."""
    told = Teller(chain("writer"))
    told.begin("writer")
    message = told.message("writer")
    message.texts["text"] = "I'm analyzing your requirements."
    told.ends(message, model=None)
    told.finishes("writer")
    return told
