"""Commands on their way: each is kept under its id until its reply has come, and sent again after a reconnect."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from botarmy.client.errors import ClientError, Json, problem

COMMANDS_KEPT: Final = 100
COMMAND_BYTES: Final = 256 * 1024
"""The server closes a connection for good at a longer frame, so none is sent."""


class Pending:
    """In the order in which they were given; at most COMMANDS_KEPT."""

    def __init__(self) -> None:
        self._frames: Final[dict[str, str]] = {}

    @property
    def frames(self) -> tuple[str, ...]:
        return tuple(self._frames.values())

    def __contains__(self, command_id: str) -> bool:
        return command_id in self._frames

    def add(self, command_id: str, name: str, args: Mapping[str, object]) -> str:
        """The frame to send. Raises ClientError (`queue_full`, `too_large`, `id_reused`)."""
        if command_id in self._frames:
            raise ClientError("id_reused", "A command with this id is on its way.", "Give each command its own id.")
        if len(self._frames) >= COMMANDS_KEPT:
            action = "Wait until BotArmy is connected again, then repeat this."
            raise ClientError("queue_full", "Too much is waiting for the connection.", action, True)
        frame = json.dumps({"type": "command", "id": command_id, "name": name, "args": args}, ensure_ascii=False)
        if len(frame.encode()) > COMMAND_BYTES:
            raise ClientError("too_large", "This is too long to be sent.", "Shorten it and send it again.")
        self._frames[command_id] = frame
        return frame

    def done(self, command_id: str) -> bool:
        """False where nothing waits under this id: it was answered before, or never sent."""
        return self._frames.pop(command_id, None) is not None


def outcome(reply: Json) -> Json | ClientError:
    if reply["ok"]:
        return dict(reply.get("result") or {})
    error = reply.get("error")
    if error is None:
        return ClientError("refused", "BotArmy refused this without saying why.", "Try it again.")
    return problem(error)
