"""What every bus promises: between two servers, and inside one."""

from __future__ import annotations

import asyncio

import pytest

from botarmy.ports import Hint
from tests.bus.ends import SECONDS
from tests.contracts.conftest import Connect

ALL: tuple[Hint, ...] = ("jobs", "log", "withdrawn")


async def test_a_hint_is_heard_where_it_is_published(connect: Connect) -> None:
    bus = await connect()
    subscription = bus.subscribe("log")
    bus.publish("log")
    assert await subscription.wait(0)


async def test_a_hint_is_heard_by_all_other_servers(connect: Connect) -> None:
    first, *others = [await connect() for _ in range(3)]
    subscriptions = [bus.subscribe("jobs") for bus in others]
    first.publish("jobs")
    assert all([await subscription.wait(SECONDS) for subscription in subscriptions])


@pytest.mark.parametrize("hint", ALL)
async def test_each_kind_of_hint_reaches_another_server(connect: Connect, hint: Hint) -> None:
    here, there = await connect(), await connect()
    subscription = there.subscribe(hint)
    here.publish(hint)
    assert await subscription.wait(SECONDS)


async def test_both_of_two_servers_hear_each_other(connect: Connect) -> None:
    one, other = await connect(), await connect()
    at_one, at_other = one.subscribe("log"), other.subscribe("jobs")
    one.publish("jobs")
    assert await at_other.wait(SECONDS)
    other.publish("log")
    assert await at_one.wait(SECONDS)


async def test_only_hints_subscribed_to_are_heard(connect: Connect) -> None:
    here, there = await connect(), await connect()
    wanted, unwanted = there.subscribe("withdrawn"), there.subscribe("log")
    here.publish("jobs", "withdrawn")
    assert await wanted.wait(SECONDS)
    assert not await unwanted.wait(0)


async def test_hints_published_together_are_heard_together(connect: Connect) -> None:
    here, there = await connect(), await connect()
    subscriptions = [there.subscribe(hint) for hint in ALL]
    here.publish(*ALL)
    assert all([await subscription.wait(SECONDS) for subscription in subscriptions])


async def test_a_flood_is_heard_and_leaves_nothing_behind(connect: Connect) -> None:
    here, there = await connect(), await connect()
    flooded, last = there.subscribe("log"), there.subscribe("withdrawn")
    for _ in range(10_000):
        here.publish("log", "jobs")
    assert await flooded.wait(SECONDS)
    here.publish("withdrawn")
    assert await last.wait(SECONDS)
    await flooded.wait(0)
    assert not await flooded.wait(0), "what was published is behind"


async def test_a_hint_that_comes_between_two_waits_is_kept(connect: Connect) -> None:
    here, there = await connect(), await connect()
    kept, told = there.subscribe("log"), there.subscribe("log")
    assert not await kept.wait(0)
    here.publish("log")
    assert await told.wait(SECONDS)
    assert await kept.wait(0)


async def test_a_wait_ends_with_its_time(connect: Connect) -> None:
    assert not await (await connect()).subscribe("log").wait(0.001)


async def test_a_cancelled_wait_loses_no_hint(connect: Connect) -> None:
    here, there = await connect(), await connect()
    subscription = there.subscribe("log")
    waiting = asyncio.create_task(subscription.wait())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    here.publish("log")
    assert await subscription.wait(SECONDS)


async def test_a_closed_subscription_hears_nothing_and_may_be_closed_again(connect: Connect) -> None:
    here, there = await connect(), await connect()
    closed, still_open = there.subscribe("log"), there.subscribe("log")
    closed.close()
    closed.close()
    here.publish("log")
    assert await still_open.wait(SECONDS)
    assert not await closed.wait(0)


async def test_another_thread_may_publish(connect: Connect) -> None:
    here, there = await connect(), await connect()
    subscription = there.subscribe("jobs")
    await asyncio.to_thread(here.publish, "jobs")
    assert await subscription.wait(SECONDS)
