"""The stories behind the golden samples: what happens to runs, from the usual to the odd."""

from __future__ import annotations

import hashlib
from typing import Final

from botarmy.domain import commands as c
from botarmy.domain.budget import Today
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
def question_asked() -> Teller:
    """An agent asks with choices; the run waits for a person."""
    told = Teller()
    told.begin("analyst")
    told.speaks("analyst", "I need to know one thing.")
    told.report("analyst", c.PersonAsked(prompt="Who will use it?", options=("One team", "Many teams")))
    return told


@story
def question_answered() -> Teller:
    """The answer is there; the next job of the same attempt is in the queue."""
    told = question_asked()
    told.wait(86_400)
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="respond", answer="Many teams"), "maria")
    return told


@story
def question_withdrawn() -> Teller:
    """The step that asked is skipped: nobody needs the answer any more."""
    told = question_asked()
    told.person(c.SkipStep("analyst"))
    return told


@story
def budget_used_up() -> Teller:
    """A run has spent its budget; the agent waits, with what it had in hand put by."""
    told = Teller(options={"model": "demo", "budget": 0.5})
    told.begin("analyst")
    told.speaks("analyst", "Half of it is done.", usage=Usage(input_tokens=4_000, output_tokens=900, cost_usd=0.52))
    told.report(
        "analyst",
        c.BudgetReached(
            continuation=hashlib.sha256(b"half").hexdigest(),
            today=Today(day="2026-11-20", limit_usd=None, spent_usd=0.52),
            cheaper="openai-chat:gpt-5-nano",
        ),
    )
    return told


@story
def budget_raised() -> Teller:
    """A person has raised the budget: the same attempt goes on."""
    told = budget_used_up()
    told.wait(86_400)
    request = told.run.view.requests[0]
    told.person(
        c.AnswerRequest(request_id=request.request_id, decision="approve", answer="$2.50", subject=request.subject),
        "maria",
    )
    told.begin("analyst")
    return told


@story
def cheaper_model_chosen() -> Teller:
    """A person lets the run go on with a cheaper model, under the limit that was suggested."""
    told = budget_used_up()
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="edit"), "maria")
    return told


@story
def stopped_for_its_budget() -> Teller:
    """A person stops the run at its budget: what is done stays, the other steps are skipped."""
    told = Teller(options={"model": "demo", "budget": 0.5})
    told.works("analyst")
    told.begin("architect")
    told.speaks("architect", "A first sketch.", usage=Usage(input_tokens=4_000, output_tokens=900, cost_usd=0.75))
    told.report("architect", c.BudgetReached(today=Today(day="2026-11-20", limit_usd=None, spent_usd=0.75)))
    request = told.run.view.requests[0].request_id
    told.person(c.AnswerRequest(request_id=request, decision="reject"), "maria")
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


@story
def astral_characters() -> Teller:
    """Offsets count code points: emoji, flags, joined families, combining marks and letters outside the BMP."""
    told = Teller(brief="Ein Timer für 👩‍👩‍👧‍👦 und 𝒜lle", title="⏱️ 𝒯imer")
    told.begin("analyst")
    message = told.message("analyst")
    for piece in ("👩‍👩‍", "👧‍👦 ", "🇩🇪", "🇫🇷 e", "\u0301 ", "𝒜", "\u200f שלום ", "𠮷野家", "\u2028🏳️‍🌈"):
        told.says(message, piece)
    told.says(message, "🤔", "thinking")
    told.says(message, "🤔💡", "thinking")
    told.says(message, "!", offset=21)
    return told


@story
def misplaced_deltas() -> Teller:
    """A smaller offset cuts what is held; a larger one is left out; a finished message takes no more."""
    told = Teller()
    told.begin("analyst")
    message = told.message("analyst")
    told.says(message, "The brief asks for a clock")
    told.says(message, "timer", offset=21)
    told.says(message, " for teams")
    told.says(message, "out of reach", offset=100)
    late = told.message("analyst")
    told.says(late, "begins with a gap", offset=7)
    told.says(late, "", offset=0)
    done = told.message("analyst")
    told.says(done, "Done.")
    told.ends(done)
    told.says(done, " Too late.")
    told.says(message, "The brief", offset=0)
    return told


@story
def newer_version() -> Teller:
    """Events of a newer version: unknown types, fields and values leave the view as it is, but for its place."""
    told = Teller()
    told.newer("mood", "Analyst is in a good mood", {"step": "analyst", "mood": "good"}, "Analyst")
    told.newer("agent_status", "Analyst dreams", {"step": "analyst", "status": "dreaming", "attempt": 1}, "Analyst")
    told.newer("run_status", "The project sleeps", {"status": "sleeping", "until": "tomorrow"})
    told.newer(
        "agent_status",
        "Analyst has started",
        {"step": "analyst", "status": "started", "attempt": 1, "colour": {"deep": ["blue"]}},
        "Analyst",
    )
    told.newer(
        "agent_response",
        "Hello",
        {
            "step": "analyst",
            "phase": "work",
            "attempt": 1,
            "message_id": "m-1",
            "started_at": told.at,
            "thinking": "",
            "finish": "complete",
            "sources": [],
        },
        "Analyst",
    )
    told.newer(
        "agent_status",
        "Somebody has started",
        {"step": "no-such-step", "status": "started", "attempt": 1},
        "Somebody",
    )
    return told


@story
def many_messages() -> Teller:
    """More than 200 messages: the view holds the newest."""
    told = Teller(chain("writer", "reader"))
    for step, messages in (("writer", 120), ("reader", 95)):
        told.begin(step)
        for number in range(messages):
            told.speaks(step, f"Message {number}.")
        told.finishes(step)
    return told


@story
def files() -> Teller:
    """Several versions, odd names in the order of their code points, a name refused, the same content again."""
    told = Teller()
    told.begin("analyst")
    for path in ("b.md", "a.md", "Z.md", "ä.md", "a b/c d.md", "日本/メモ.md", "🍅/timer.md", "\ufb01.md", "q'uote.md"):
        told.writes("analyst", path, f"# {path}\n")
    told.writes("analyst", "a.md", "# better\n")
    told.writes("analyst", "a.md", "# better\n")
    told.writes("analyst", "a.md", "# best\n")
    told.report(
        "analyst",
        c.FileRefused(
            code="bad_path",
            message="“../x” is not a usable file name: it must stay inside the project.",
            action="Use a relative path such as docs/notes.md.",
        ),
    )
    return told


@story
def finished_messages() -> Teller:
    """Two finished messages and an open one, every delta still there."""
    told = Teller()
    told.works("analyst")
    told.begin("architect")
    told.speaks("architect", "Three ", "parts.")
    told.says(told.message("architect"), "The first of")
    return told


@story
def finished_messages_compacted() -> Teller:
    """The same story after the deltas of its finished messages were deleted: the same view."""
    told = finished_messages()
    told.without_deltas()
    return told
