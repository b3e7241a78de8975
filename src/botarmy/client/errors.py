"""What goes wrong for a client, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias, TypeVar

from pydantic import TypeAdapter, ValidationError

from botarmy.domain.errors import BotArmyError

T = TypeVar("T")
Json: TypeAlias = Mapping[str, Any]


class ClientError(BotArmyError):
    """What the server refused, or why it could not be asked: a stable code, a sentence, and what to do."""

    def __init__(
        self, code: str, message: str, action: str, retryable: bool = False, reference: str | None = None
    ) -> None:
        self.code: Final = code
        self.message: Final = message
        self.action: Final = action
        self.retryable: Final = retryable
        self.reference: Final = reference
        """Finds the detail in the server's log; None where there is none."""
        super().__init__(f"{message} {action}".strip())


def problem(fields: Json) -> ClientError:
    """Raises KeyError for what is no problem."""
    return ClientError(
        str(fields["code"]),
        str(fields["message"]),
        str(fields.get("action", "")),
        bool(fields.get("retryable", False)),
        fields.get("reference"),
    )


def read(adapter: TypeAdapter[T], data: object) -> T:
    try:
        return adapter.validate_python(data)
    except ValidationError:
        raise ClientError(
            "newer_version", "The server says something that this client does not know.", "Update the client."
        ) from None
