"""A message under way: its text so far, by channel, as the worker holds it."""

from __future__ import annotations

from typing import Final

from botarmy.domain.events import Channel
from botarmy.domain.times import Timestamp
from botarmy.ports import Piece

MESSAGE_BYTES: Final = 256 * 1024
"""The bound of one message in UTF-8; a longer reply goes on in a new one."""


class OpenMessage:
    def __init__(self, message_id: str, started_at: Timestamp) -> None:
        self.message_id: Final = message_id
        self.started_at: Final = started_at
        self.size = 0
        """Bytes of UTF-8, both channels together."""
        self._parts: Final[dict[Channel, list[str]]] = {"text": [], "thinking": []}
        self._lengths: Final[dict[Channel, int]] = {"text": 0, "thinking": 0}

    def extend(self, channel: Channel, text: str) -> Piece:
        piece = Piece(message_id=self.message_id, channel=channel, offset=self._lengths[channel], text=text)
        self._parts[channel].append(text)
        self._lengths[channel] += len(text)
        self.size += len(text.encode())
        return piece

    def text(self, channel: Channel) -> str:
        return "".join(self._parts[channel])
