"""A conversation brought to its end against a provider's failures: attempts, pauses, other models. Loads the model
library."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic_ai.models import Model

from botarmy.domain.errors import DomainError
from botarmy.llm.answers import Answers
from botarmy.llm.cache import Remembering
from botarmy.llm.conversation import Conversation
from botarmy.llm.errors import headers_of, retry_after, translate
from botarmy.llm.limiter import Limiter
from botarmy.llm.models import Models
from botarmy.llm.patience import LASTING, Patience
from botarmy.llm.prices import Prices
from botarmy.llm.setbacks import Noted
from botarmy.ports import CallEnded, Spent, Trouble

PASSES: Final = "Nothing needs to be done."
TAKEN_OVER: Final = "Nothing needs to be done: another model takes over."


@dataclass(frozen=True, slots=True)
class Endurance:
    """What a conversation is held with."""

    models: Models
    limiter_of: Callable[[str], Limiter]
    """By model string."""
    patience: Patience
    noted: Noted
    prices: Prices
    answers: Answers | None = None
    """None where every question is asked."""

    async def hold(self, conversation: Conversation, models: Sequence[str]) -> str:
        """The model's last reply: of the first of `models` that can be had. What one has answered the next one knows.

        Raises Spent with the last failure; what no model or network caused as it is.
        """
        for model in models[:-1]:
            try:
                return await self._hold_with(conversation, model)
            except Spent as failure:
                self.noted("other_model", model)
                await conversation.send(_trouble(failure, TAKEN_OVER))
        return await self._hold_with(conversation, models[-1])

    async def _hold_with(self, conversation: Conversation, model: str) -> str:
        attempt = 1
        while True:
            answered = conversation.answered
            try:
                opened, limiter = await self._open(model), self.limiter_of(model)
                return await conversation.go_on(opened, limiter, attempt, self.prices.of(model))
            except Exception as error:
                failure = translate(error, self.models.redact)
                if failure is None:
                    raise
                asked = retry_after(error)
                headers = headers_of(error)
                if headers:
                    self.limiter_of(model).note_headers(headers)
            if conversation.answered != answered:
                attempt = 1
            await self._rest(conversation, failure, attempt, asked)
            self.noted("retry", model)
            attempt += 1

    async def _open(self, model: str) -> Model:
        opened = await self.models.open(model)
        return opened if self.answers is None else Remembering(opened, model, self.answers)

    async def _rest(self, conversation: Conversation, failure: DomainError, attempt: int, asked: float | None) -> None:
        """Until the next attempt. Raises Spent where there is none."""
        await conversation.send(CallEnded(finish="interrupted"))
        pause = self.patience.pause(failure.code, attempt, asked)
        if pause is None:
            code = LASTING.get(failure.code, failure.code)
            raise Spent(code, detail=failure.detail, **failure.fields)
        await conversation.send(_trouble(failure, PASSES, pause))
        await self.patience.sleep(pause)


def _trouble(failure: DomainError, action: str, retry_in: float | None = None) -> Trouble:
    return Trouble(code=failure.code, message=failure.message, action=action, retry_in=retry_in, detail=failure.detail)
