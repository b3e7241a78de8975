"""What an agent shows, without the secrets of the server that it works for."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from botarmy.ports import Output, Text
from botarmy.redaction import Redactor


def discreet(output: Output, redact: Redactor) -> Output:
    """Every text and content in it without known values. Streamed text is left as it is: it goes through a `Sieve`."""
    if isinstance(output, Text):
        return output
    return replace(output, **{field.name: _cleared(getattr(output, field.name), redact) for field in fields(output)})


def _cleared(value: Any, redact: Redactor) -> Any:
    match value:
        case str():
            return redact.content(value)
        case bytes():
            return redact.content_bytes(value)
        case tuple():
            return tuple(_cleared(one, redact) for one in value)
        case _:
            return value
