"""One agent's talk with a model: requests, streamed answers and tool calls, as the outputs of `ports.Agent`.

Loads the model library. Each model request is a `CallStarted`, the pieces of its message, and a `CallEnded`; then come
the tools that it called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeAlias

from pydantic_ai import Agent, ModelMessage, ModelRequest, ModelResponse, ModelSettings, RunUsage, UsageLimits
from pydantic_ai.agent import ModelRequestNode
from pydantic_ai.messages import (
    AgentStreamEvent,
    FunctionToolResultEvent,
    PartDeltaEvent,
    PartStartEvent,
    TextPart,
    TextPartDelta,
    ThinkingPart,
    ThinkingPartDelta,
    ToolCallPart,
    ToolCallPartDelta,
    UserPromptPart,
)
from pydantic_ai.models import Model
from pydantic_ai.run import AgentRun

from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError
from botarmy.domain.events import Channel, Usage
from botarmy.llm.briefing import Briefing, Limits, ToolAnswer
from botarmy.llm.cache import Remembering
from botarmy.llm.circles import goes_in_circles
from botarmy.llm.continuation import Talk, answered, read_back, with_result, written_down
from botarmy.llm.deadline import AnswerDeadline
from botarmy.llm.errors import is_refused, is_unreached
from botarmy.llm.hush import Hush, Send
from botarmy.llm.limiter import Grant, Limiter
from botarmy.llm.models import Deadlines
from botarmy.llm.news import LATE_TURNS, late, with_news
from botarmy.llm.patience import Patience
from botarmy.llm.permission import decided_call
from botarmy.llm.prices import Price
from botarmy.llm.sendable import sendable
from botarmy.llm.shown import one_line, tool_outputs
from botarmy.llm.tokens import longest_answer, prompt_tokens
from botarmy.llm.toolbox import Hands, toolbox
from botarmy.ports import CallEnded, Question, Text, ToolUse

TEXT_CHARACTERS: Final = 64 * 1024
"""Of one message and channel; 256 KiB at most, whatever the script."""
ARGUMENT_CHARACTERS: Final = 12 * 1024 * 1024
"""Of the tool calls of one answer."""
LENGTH_NOTE: Final = "\n\n*The reply ends here because it reached the model's length limit.*"

CONTINUE: Final = (
    "Your reply was cut by its length limit. Continue it exactly where it stopped, without repeating anything."
)

Request: TypeAlias = ModelRequestNode[Hands, str]


class Conversation:
    """A talk as far as it has got. What was answered stays: a request that failed can be made again, to another model
    if need be.

    Args:
        share: see `AgentContext.share`.
        send: takes the outputs.
    """

    def __init__(
        self, briefing: Briefing, limits: Limits, deadlines: Deadlines, patience: Patience, share: str, send: Send
    ) -> None:
        self.send: Final = send
        self.answered = 0
        """How many requests were answered whole."""
        self._briefing: Final = briefing
        self._toolbox: Final = toolbox(briefing.tools, briefing.outside)
        self._hands: Final = {function.__name__: function for function in briefing.tools}
        self._limits: Final = UsageLimits(request_limit=limits.requests, tool_calls_limit=limits.tool_calls)
        self._wanted: Final = limits.output_tokens
        self._longest = limits.output_tokens
        """Tokens of the next answer, at most."""
        self._deadlines: Final = deadlines
        self._share: Final = share
        self._hush: Final = Hush(patience.silence, send)
        self._usage = RunUsage()
        self._requests = 0
        self._history: list[ModelMessage] = []
        """Up to the request that is to be answered next."""
        self._heard = len(briefing.notes)
        """How many notes of people it knows of."""
        self._late_turns = LATE_TURNS
        self._reply = ""
        self._continued = False
        self._price: Price | None = None
        self._memory: Remembering | None = None
        self.question: Question | None = None
        """What a person is to be asked: then the conversation has ended."""
        self.repeats = False
        """Whether the model went round in circles: then the conversation has ended."""
        self._asked: str | None = None
        self._undecided: Talk | None = None
        """Where it goes on from: a tool call that a person was asked about may have to be made first."""
        if briefing.continuation is not None and (talk := read_back(briefing.continuation)):
            self._take_up(talk)

    def _take_up(self, talk: Talk) -> None:
        """Go on from where another conversation stopped. What people said since then is added to its last request."""
        before, last = talk.history[:-1], answered(talk, self._briefing.answers)
        self._history = [*before, with_news(last, self._briefing.notes[talk.notes :])]
        self._reply, self._continued = talk.reply, talk.continued
        self._undecided = talk
        self._requests = talk.requests
        self._usage = RunUsage(requests=talk.answered, tool_calls=talk.tool_calls)

    def _left_behind(self) -> bytes | None:
        """For another conversation to go on from: up to the request that is to be answered next."""
        talk = Talk(
            history=self._history,
            reply=self._reply,
            continued=self._continued,
            requests=self._requests,
            answered=self._usage.requests,
            tool_calls=self._usage.tool_calls,
            notes=self._heard,
            answers=len(self._briefing.answers),
            approvals=len(self._briefing.approvals),
            asked=self._asked,
        )
        return written_down(talk)

    async def go_on(self, model: Model, limiter: Limiter, call_attempt: int = 1, price: Price | None = None) -> str:
        """Hold the conversation to its end and give the model's last reply.

        Args:
            model: one that is `Remembering` answers from memory where it can.
            call_attempt: the how many-th attempt at its next request this is.
            price: of the model, where it is not to be looked up.

        Raises what the model library raises (`errors.translate` puts it into words), and DomainError where a bound or
        a deadline is reached; then it can be called again. Cancelling it closes the stream to the provider.
        """
        await self._carry_out()
        self._price = price
        self._memory = model if isinstance(model, Remembering) else None
        while True:
            messages = await self._run(model, limiter, call_attempt)
            more = await self._more(messages)
            if more is None:
                return self._reply
            self._history = [*messages, more]
            call_attempt = 1

    async def _carry_out(self) -> None:
        """Make the call that a person has approved, once. A process that dies right after it makes it again."""
        talk, self._undecided = self._undecided, None
        if talk is None or talk.asked is None:
            return
        decided = next(iter(self._briefing.approvals[talk.approvals :]), None)
        answer = await decided_call(talk.history, talk.asked, self._briefing.outside, decided)
        if answer is None:
            return
        *before, last = self._history
        assert isinstance(last, ModelRequest)  # noqa: S101 - `read_back` gives no other
        self._history = [*before, with_result(last, talk.asked, answer.text)]
        call_id = f"{self._briefing.mark}.{talk.requests}.decided"
        await self.send(ToolUse(call_id, "approval", "error" if answer.failed else "completed", answer.summary))

    async def _more(self, messages: Sequence[ModelMessage]) -> ModelRequest | None:
        """What is asked once the model has said its last word; None where all is said."""
        if self._is_ended:
            return None
        if self._is_to_be_continued(messages):
            self._continued = True
            return ModelRequest(parts=[UserPromptPart(CONTINUE)])
        notes = await self._briefing.hear() if self._late_turns else ()
        if not notes:
            return None
        self._late_turns -= 1
        self._heard += len(notes)
        self._reply = ""
        return late(notes)

    async def _run(self, model: Model, limiter: Limiter, call_attempt: int) -> list[ModelMessage]:
        prompt, history = (None, self._history) if self._history else (self._briefing.prompt, None)
        async with self._toolbox.agent.iter(
            prompt,
            message_history=history,
            model=model,
            instructions=self._briefing.instructions,
            deps=self._hands,
            model_settings=lambda _: ModelSettings(max_tokens=self._longest),
            usage=self._usage,
            usage_limits=self._limits,
        ) as run:
            async for node in run:
                if Agent.is_model_request_node(node):
                    _make_sendable(node, run)
                    self._history = [*run.all_messages(), node.request]
                    self._look_before_a_request()
                    if self._is_ended:
                        break
                    known = self._memory is not None and self._memory.knows(self._history, *self._frame())
                    if not known or not await self._repeat(node, run):
                        await self._ask(node, run, limiter, call_attempt)
                    self.answered += 1
                    call_attempt = 1
                elif Agent.is_call_tools_node(node):
                    async with node.stream(run.ctx) as events:
                        async for event in events:
                            self._note(event)
                            for output in tool_outputs(event, f"{self._briefing.mark}.{self._requests}"):
                                await self.send(output)
            self._reply += _reply(run)
            return run.all_messages()

    @property
    def _is_ended(self) -> bool:
        return self.question is not None or self.repeats

    def _look_before_a_request(self) -> None:
        """Whether it is made at all: a person may have to be asked first."""
        self.repeats = goes_in_circles(self._history)
        if self.question is not None:
            self.question = replace(self.question, continuation=self._left_behind())

    def _note(self, event: AgentStreamEvent) -> None:
        if not isinstance(event, FunctionToolResultEvent):
            return
        answer = event.part.metadata
        if isinstance(answer, ToolAnswer) and answer.question is not None and self.question is None:
            self.question, self._asked = answer.question, event.part.tool_call_id

    async def _ask(self, node: Request, run: AgentRun[Hands, str], limiter: Limiter, call_attempt: int) -> None:
        """One request: leave to make it, its answer, and what it has used."""
        prompt = prompt_tokens(self._history, self._briefing.instructions, *self._toolbox.descriptions)
        self._longest = longest_answer(prompt, self._wanted, limiter.most_tokens)
        grant = await limiter.admit(self._share, prompt + self._longest, self._hush.waits)
        try:
            self._requests += 1
            await self._begin(node, call_attempt, grant)
            response = await self._answer(node, run)
            usage = _usage(response, self._price)
            if usage is not None:
                grant.correct(usage.input_tokens, usage.output_tokens)
        except Exception as error:
            if is_refused(error):
                grant.correct(0, 0)
            elif is_unreached(error):
                grant.release()
            raise
        finally:
            grant.keep()
        await self._close(response, usage)
        if self._memory is not None:
            self._memory.learn(response)

    async def _repeat(self, node: Request, run: AgentRun[Hands, str]) -> bool:
        """One request that is answered from memory: nobody is asked, and nothing used. False where a person has added
        something, so that it is another request, which is still to be made."""
        await self._hush.begin(1, self._left_behind)
        if await self._hear(node):
            return False
        self._requests += 1
        await self._close(await self._answer(node, run), Usage(input_tokens=0, output_tokens=0, cost_usd=0.0))
        return True

    async def _hear(self, node: Request) -> bool:
        """Whether people have said something since the last request: then this one tells it."""
        notes = await self._briefing.hear()
        if not notes:
            return False
        node.request = with_news(node.request, notes)
        self._history = [*self._history[:-1], node.request]
        self._heard += len(notes)
        if self._memory is not None:
            self._memory.asks(self._history, *self._frame())
        return True

    def _frame(self) -> tuple[object, ...]:
        """What goes to the model beside the messages."""
        return self._briefing.instructions, *self._toolbox.descriptions, self._wanted

    async def _begin(self, node: Request, call_attempt: int, grant: Grant) -> None:
        """Whoever reads the outputs may stop the conversation here: then the call was never made."""
        try:
            await self._hush.begin(call_attempt, self._left_behind)
            await self._hear(node)
        except BaseException:
            grant.release()
            raise

    async def _answer(self, node: Request, run: AgentRun[Hands, str]) -> ModelResponse:
        """Pass the answer on as it arrives. What the reader of `send` needs of time is not the provider's."""
        message = _Message()
        async with AnswerDeadline(self._deadlines) as deadline, self._hush, node.stream(run.ctx) as stream:
            async for event in stream:
                deadline.stop()
                if self._hush.is_broken():
                    await self._hush.broken()
                piece = message.take(event)
                if piece is not None:
                    await self.send(piece)
                deadline.go_on()
            return stream.response

    async def _close(self, response: ModelResponse, usage: Usage | None) -> None:
        if not _has_ended(response):
            raise DomainError("model_cut_off", detail="the stream ended without a finish reason")
        if response.finish_reason == "length" and (self._continued or response.tool_calls):
            await self.send(Text(LENGTH_NOTE))
        await self.send(CallEnded(model=_model_name(response), usage=usage))
        if response.finish_reason == "content_filter":
            raise DomainError("model_refused", detail="finish_reason content_filter")

    def _is_to_be_continued(self, messages: Sequence[ModelMessage]) -> bool:
        """Whether the last reply was cut by its length: it is continued once."""
        last = messages[-1]
        return isinstance(last, ModelResponse) and last.finish_reason == "length" and not self._continued


def _make_sendable(node: Request, run: AgentRun[Hands, str]) -> None:
    """The request, and the answer before it; what came earlier was sent already."""
    node.request = sendable(node.request)
    said = run.ctx.state.message_history
    last = said[-1] if said else None
    if isinstance(last, ModelResponse):
        said[-1] = sendable(last)


def _has_ended(response: ModelResponse) -> bool:
    """Whether the provider said that this is all. A stream that merely stops passes for a success in the library."""
    return response.finish_reason is not None or "finish_reason" in (response.provider_details or {})


class _Message:
    """One answer as it arrives, held to its bounds. What has no bound of its own in the model library has one here."""

    def __init__(self) -> None:
        self._left: Final[dict[Channel, int]] = {"text": TEXT_CHARACTERS, "thinking": TEXT_CHARACTERS}
        self._arguments_left = ARGUMENT_CHARACTERS
        self._held: Final[dict[Channel, str]] = {"text": "", "thinking": ""}

    def take(self, event: AgentStreamEvent) -> Text | None:
        match event:
            case PartStartEvent(part=TextPart(content=text)) | PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
                return self._piece(text, "text")
            case PartStartEvent(part=ThinkingPart(content=text)):
                return self._piece(text, "thinking")
            case PartDeltaEvent(delta=ThinkingPartDelta(content_delta=str(text))):
                return self._piece(text, "thinking")
            case PartStartEvent(part=ToolCallPart(args=arguments)):
                self._count_arguments(arguments)
            case PartDeltaEvent(delta=ToolCallPartDelta(args_delta=arguments)):
                self._count_arguments(arguments)
            case _:
                pass
        return None

    def _piece(self, text: str, channel: Channel) -> Text | None:
        """Thinking beyond its bound is left out; text beyond it ends the call."""
        whole = self._held[channel] + text if self._held[channel] else text
        self._held[channel] = whole[-1:] if "\ud800" <= whole[-1:] <= "\udbff" else ""
        shown = clean_text(whole[: len(whole) - len(self._held[channel])])
        if len(shown) > self._left[channel] and channel == "text":
            raise DomainError("model_answer_too_long", detail=f"more than {TEXT_CHARACTERS} characters of text")
        shown = shown[: self._left[channel]]
        self._left[channel] -= len(shown)
        return Text(shown, channel) if shown else None

    def _count_arguments(self, arguments: str | Mapping[str, Any] | None) -> None:
        self._arguments_left -= len(arguments) if isinstance(arguments, str) else 0
        if self._arguments_left < 0:
            raise DomainError(
                "model_answer_too_long", detail=f"more than {ARGUMENT_CHARACTERS} characters of tool calls"
            )


def _model_name(response: ModelResponse) -> str | None:
    return one_line(response.model_name) if response.model_name else None


def _usage(response: ModelResponse, price: Price | None) -> Usage | None:
    """None where the provider did not say."""
    usage = response.usage
    if usage.unmeasured_requests:
        return None
    cost = None if usage.cost is None else float(usage.cost)
    used = Usage(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost_usd=cost)
    return used if price is None else price.of(used)


def _reply(run: AgentRun[Hands, str]) -> str:
    return "" if run.result is None else clean_text(run.result.output)
