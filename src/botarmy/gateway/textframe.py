"""A text frame of RFC 6455, whole: what many clients get is made once, and written to each as it is."""

from __future__ import annotations

from typing import Final, Self

_TEXT: Final = 0x81
"""One whole message (FIN), of text."""


class TextFrame:
    """`wire` is header and payload, as a server sends them: not masked, not compressed, in one piece."""

    __slots__ = ("wire",)

    def __init__(self, *parts: bytes) -> None:
        """The payload is all parts together, UTF-8."""
        size = sum(map(len, parts))
        self.wire: Final = b"".join((_header(size), *parts))

    @classmethod
    def of(cls, text: str) -> Self:
        return cls(text.encode())

    @property
    def payload(self) -> bytes:
        """For a wire that makes its own frames, as is `text`."""
        return self.wire[_header_size(self.wire) :]

    @property
    def text(self) -> str:
        return self.payload.decode()

    def __len__(self) -> int:
        """Of the whole, in bytes."""
        return len(self.wire)


def _header(size: int) -> bytes:
    if size < 126:
        return bytes((_TEXT, size))
    if size < 2**16:
        return bytes((_TEXT, 126)) + size.to_bytes(2)
    return bytes((_TEXT, 127)) + size.to_bytes(8)


def _header_size(wire: bytes) -> int:
    return {126: 4, 127: 10}.get(wire[1], 2)
