"""A pipe keeps the order, bounds what lies in it, and loses nothing."""

from __future__ import annotations

import asyncio

from botarmy.agents.pipe import Pipe
from botarmy.ports import Text


async def test_what_is_sent_is_received_in_order_and_then_the_end() -> None:
    pipe = Pipe(2)
    received: list[Text] = []

    async def read() -> None:
        while (output := await pipe.receive()) is not None:
            assert isinstance(output, Text)
            received.append(output)

    reader = asyncio.create_task(read())
    sent = [Text(str(number)) for number in range(50)]
    for text in sent:
        await pipe.send(text)
    pipe.close()
    await reader
    assert received == sent
    assert await pipe.receive() is None


async def test_a_writer_waits_at_the_bound_and_a_cancelled_one_has_sent_nothing() -> None:
    pipe = Pipe(1)
    await pipe.send(Text("first"))
    waiting = [asyncio.create_task(pipe.send(Text(name))) for name in ("second", "third")]
    assert not (await asyncio.wait(waiting, timeout=0))[0]
    waiting[1].cancel()
    assert await pipe.receive() == Text("first")
    await asyncio.wait(waiting)
    assert await pipe.receive() == Text("second")
    pipe.close()
    assert await pipe.receive() is None
