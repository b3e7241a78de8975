"""Compressed frames (permessage-deflate, RFC 7692), for so many connections as there is room for.

What many clients get is made once and shared; compressed it cannot be, for each connection's compression goes on from
what that connection was sent before, which is what makes it good: an event repeats most of the one before it. So it
costs each frame of each connection about 15 µs and each connection some 40 KB, which is nothing for a hundred screens
and too much for ten thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from websockets.extensions import ServerExtensionFactory
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

WINDOW_BITS: Final = 12
"""4 KiB to look back into, on both sides: some events."""
MEMORY_LEVEL: Final = 4


class Compression:
    """Who may have it. One for a server; not to be shared between threads.

    Args:
        room: how many connections may have it at once; 0 is none.
    """

    def __init__(self, room: int) -> None:
        self.room = room
        self._offer: Final = (
            ServerPerMessageDeflateFactory(
                server_max_window_bits=WINDOW_BITS,
                client_max_window_bits=WINDOW_BITS,
                compress_settings={"memLevel": MEMORY_LEVEL},
            ),
        )

    def offer(self) -> Sequence[ServerExtensionFactory]:
        """What a new connection may agree on with its client."""
        return self._offer if self.room > 0 else ()

    def taken(self) -> None:
        self.room -= 1

    def given_back(self) -> None:
        self.room += 1
