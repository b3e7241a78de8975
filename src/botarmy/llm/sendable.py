"""What a model said, made fit to be sent to one. Loads the model library."""

from __future__ import annotations

import copy
from typing import TypeVar

from pydantic_ai import ModelRequest, ModelResponse
from pydantic_ai.messages import ModelRequestPart, ModelResponsePart

from botarmy.domain.codec import clean_text

Message = TypeVar("Message", ModelRequest, ModelResponse)
Part = TypeVar("Part", bound=ModelRequestPart | ModelResponsePart)


def sendable(message: Message) -> Message:
    """The message without lone surrogates, as a copy: a model may say them, but no request can carry them."""
    copied = copy.copy(message)
    copied.parts = [_sendable_part(part) for part in message.parts]
    return copied


def _sendable_part(part: Part) -> Part:
    """The part itself where nothing is to be changed, else a changed copy: histories are not altered in place."""
    values = ((name, getattr(part, name, None)) for name in ("content", "args", "tool_name", "tool_call_id"))
    changes = {name: cleaned for name, value in values if (cleaned := _cleaned(value)) != value}
    sendable = copy.copy(part) if changes else part
    for name, cleaned in changes.items():
        setattr(sendable, name, cleaned)
    return sendable


def _cleaned(value: object) -> object:
    match value:
        case str():
            return clean_text(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {_cleaned(key): _cleaned(item) for key, item in value.items()}
        case _:
            return value
