"""A model that answers from memory where it was asked the same before. Loads the model library."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

from pydantic import TypeAdapter
from pydantic_ai import ModelMessage, ModelResponse, ModelSettings, RequestUsage, RunContext
from pydantic_ai.models import CompletedStreamedResponse, Model, ModelRequestParameters, StreamedResponse
from pydantic_ai.models.wrapper import WrapperModel

from botarmy.llm.answers import Answers

MARK: Final = " (from the cache)"
WHOLE: Final = frozenset({"stop", "tool_call"})
"""The finish reasons of answers that are kept: what was cut or refused may turn out better the next time."""

_ANSWER: Final = TypeAdapter(ModelResponse)
_TELLING: Final = ("part_kind", "content", "args", "tool_name", "tool_call_id")
"""What of a message's part the model is shown. Moments and ids of a run are not: they never are the same again."""


class Remembering(WrapperModel):
    """For one conversation, which says what it is about to ask.

    Args:
        name: the model string: what another model answered is not known here.
        answers: shared by all.
    """

    def __init__(self, wrapped: Model, name: str, answers: Answers) -> None:
        super().__init__(wrapped)
        self._name: Final = name
        self._answers: Final = answers
        self._question = ""
        self._known: bytes | None = None

    def knows(self, history: Sequence[ModelMessage], *more: object) -> bool:
        """Whether the next request will be answered from memory. `more`: what else goes to the model, for JSON."""
        self.asks(history, *more)
        self._known = self._answers.recall(self._question)
        return self._known is not None

    def asks(self, history: Sequence[ModelMessage], *more: object) -> None:
        """This is the next request, whether its answer is known or not: the model will be asked."""
        asked = [[message.kind, *_parts(message)] for message in history]
        text = json.dumps([self._name, asked, more], default=str)
        self._question = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self._known = None

    def learn(self, answer: ModelResponse) -> None:
        """Take what was answered to the last question, unless it had better be asked again."""
        if answer.finish_reason in WHOLE:
            self._answers.keep(self._question, _ANSWER.dump_json(answer))

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncGenerator[StreamedResponse]:
        known, self._known = self._known, None
        if known is not None:
            yield _replayed(known, model_request_parameters)
            return
        async with super().request_stream(messages, model_settings, model_request_parameters, run_context) as stream:
            yield stream


def _parts(message: ModelMessage) -> Iterator[dict[str, Any]]:
    for part in message.parts:
        yield {name: getattr(part, name) for name in _TELLING if hasattr(part, name)}


def _replayed(known: bytes, parameters: ModelRequestParameters) -> StreamedResponse:
    answer = _ANSWER.validate_json(known)
    answer.usage = RequestUsage()
    answer.model_name = f"{answer.model_name or ''}{MARK}".lstrip()
    return CompletedStreamedResponse(answer, model_request_parameters=parameters, replay_events=True)
