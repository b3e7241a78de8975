"""The bus of one process: what `ports.Bus` promises, and threads."""

from __future__ import annotations

import asyncio
import threading

import pytest

from botarmy.bus.local import LocalBus


async def test_a_hint_published_after_subscribing_is_heard() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log")
    bus.publish("log")
    assert await subscription.wait(0)


async def test_a_hint_published_before_subscribing_is_not_heard() -> None:
    bus = LocalBus()
    bus.publish("log")
    assert not await bus.subscribe("log").wait(0)


async def test_a_waiting_task_is_woken() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log")
    waiting = asyncio.create_task(subscription.wait())
    await asyncio.sleep(0)
    assert not waiting.done()
    bus.publish("log")
    assert await waiting


async def test_several_hints_count_as_one() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log", "jobs")
    for _ in range(1000):
        bus.publish("log", "jobs")
    assert await subscription.wait(0)
    assert not await subscription.wait(0)


async def test_a_hint_that_comes_between_two_waits_is_kept() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log")
    assert not await subscription.wait(0)
    bus.publish("log")
    await asyncio.sleep(0)
    assert await subscription.wait(0)


async def test_only_hints_subscribed_to_are_heard() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("jobs", "withdrawn")
    bus.publish("log")
    assert not await subscription.wait(0)
    bus.publish("log", "withdrawn")
    assert await subscription.wait(0)


async def test_every_subscription_hears_a_hint() -> None:
    bus = LocalBus()
    subscriptions = [bus.subscribe("log") for _ in range(10)]
    bus.publish("log")
    assert all([await subscription.wait(0) for subscription in subscriptions])


async def test_a_wait_ends_with_its_time() -> None:
    subscription = LocalBus().subscribe("log")
    assert not await subscription.wait(0.001)


async def test_a_cancelled_wait_loses_no_hint() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log")
    waiting = asyncio.create_task(subscription.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    bus.publish("log")
    assert await subscription.wait(0)


async def test_a_closed_subscription_hears_nothing_and_may_be_closed_again() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log", "jobs")
    subscription.close()
    subscription.close()
    bus.publish("log", "jobs")
    assert not await subscription.wait(0)


async def test_another_thread_may_publish() -> None:
    bus = LocalBus()
    subscription = bus.subscribe("log")
    waiting = asyncio.create_task(subscription.wait(10))
    await asyncio.to_thread(bus.publish, "log")
    assert await waiting


def test_publishing_never_raises_even_when_the_event_loop_is_gone() -> None:
    bus = LocalBus()

    async def subscribe() -> None:
        bus.subscribe("log")

    asyncio.run(subscribe())
    bus.publish("log")
    other = threading.Thread(target=bus.publish, args=("log",))
    other.start()
    other.join()
