"""Who has a run open: told to those who ask, in virtual time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial

import pytest

from botarmy.domain.users import LOCAL, User
from botarmy.gateway import Limits
from botarmy.gateway.watching import EVERY_SECONDS, MISSED_SECONDS, NAMED, Watching
from tests.gateway.test_session import greeted
from tests.gateway.virtual import VirtualLoop
from tests.gateway.world import Wire, World, world

NAMES = [f"viewer-{number:02}" for number in range(NAMED + 5)]


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": VirtualLoop}


@pytest.fixture
async def here() -> AsyncIterator[World]:
    async with world(Limits(connections_per_address=100)) as made:
        made.users = {None: LOCAL, "eve": User("eve", "member")}
        made.users |= {name: User(name, "viewer") for name in ["ada", "bob", *NAMES]}
        made.start_run("r1")
        made.start_run("r2")
        yield made


def now() -> float:
    return asyncio.get_running_loop().time()


async def opened(here: World, user: str, run_id: str = "r1") -> Wire:
    return await greeted(here, f"run:{run_id}", f"watchers:{run_id}", token=user)


async def told(wire: Wire) -> tuple[int, list[str]]:
    """What it is told of the watchers next."""
    while (frame := await wire.hear_type("snapshot"))["topic"] != "watchers:r1":
        pass
    return frame["data"]["count"], frame["data"]["users"]


async def nothing_is_told(wire: Wire) -> None:
    """Until the next heartbeat."""
    assert (await wire.hear())["type"] == "heartbeat"


async def test_who_comes_and_who_goes_is_told_within_seconds_and_moves_no_cursor(here: World) -> None:
    ada = await opened(here, "ada")
    assert await told(ada) == (1, ["ada"])
    came = now()
    bob = await opened(here, "bob")
    seen = await ada.hear_type("snapshot")
    assert (seen["topic"], seen["position"]) == ("watchers:r1", 2)
    assert seen["data"] == {"count": 2, "users": ["ada", "bob"]}
    assert now() - came <= EVERY_SECONDS
    here.note("r1")
    frame = await ada.hear_type("events")
    assert (frame["from"], frame["to"]) == (2, 3)
    went = now()
    bob.leave()
    assert await told(ada) == (1, ["ada"])
    assert MISSED_SECONDS <= now() - went <= MISSED_SECONDS + EVERY_SECONDS


async def test_somebody_with_two_pages_is_one_and_stays_until_the_last_is_closed(here: World) -> None:
    ada = await opened(here, "ada")
    await told(ada)
    first, second = await opened(here, "bob"), await opened(here, "bob")
    assert await told(ada) == (2, ["ada", "bob"])
    first.leave()
    await nothing_is_told(ada)
    second.leave()
    assert await told(ada) == (1, ["ada"])


async def test_a_page_that_is_loaded_anew_has_not_gone(here: World) -> None:
    ada, bob = await opened(here, "ada"), await opened(here, "bob")
    while await told(ada) != (2, ["ada", "bob"]):
        pass
    bob.leave()
    await bob.ended()
    await opened(here, "bob")
    await nothing_is_told(ada)


async def test_who_leaves_again_soon_after_coming_back_is_missed_as_late_as_the_first_time(here: World) -> None:
    ada, bob = await opened(here, "ada"), await opened(here, "bob")
    while await told(ada) != (2, ["ada", "bob"]):
        pass
    bob.leave()
    await asyncio.sleep(MISSED_SECONDS / 2)
    again = await opened(here, "bob")
    await asyncio.sleep(MISSED_SECONDS / 4)
    again.leave()
    went = now()
    assert await told(ada) == (1, ["ada"])
    assert now() - went >= MISSED_SECONDS


async def test_each_run_has_watchers_of_its_own_and_letting_go_of_it_is_leaving(here: World) -> None:
    ada = await opened(here, "ada")
    await told(ada)
    await opened(here, "bob", "r2")
    await nothing_is_told(ada)
    bob = await opened(here, "bob")
    assert await told(ada) == (2, ["ada", "bob"])
    bob.say({"type": "unsubscribe", "id": "1", "topics": ["run:r1"]})
    assert await told(ada) == (1, ["ada"])


async def test_a_client_that_resumes_is_told_who_is_there_now(here: World) -> None:
    ada = here.connect()
    ada.hello("run:r1", "watchers:r1", token="ada")
    epoch = (await ada.hear())["epoch"]
    ada.leave()
    await ada.ended()
    await opened(here, "bob")
    back = here.connect()
    resume = {"epoch": epoch, "position": 2}
    back.hello("run:r1", "watchers:r1", token="ada", resume=resume)
    assert (await back.hear())["resumed"]
    count, users = await told(back)
    assert (count, set(users)) == (2, {"ada", "bob"})


async def test_who_may_not_see_the_run_is_not_told_who_does(here: World) -> None:
    eve = here.connect()
    eve.hello("watchers:r1", "watchers:none", "watchers", token="eve")
    assert (await eve.hear())["topics"] == []


async def test_of_very_many_the_first_are_named_and_all_are_counted(here: World) -> None:
    ada = await opened(here, "ada")
    assert await told(ada) == (1, ["ada"])
    for name in NAMES:
        await greeted(here, "run:r1", token=name)
    count, users = await told(ada)
    while count <= len(NAMES):
        count, users = await told(ada)
    assert count == len(NAMES) + 1
    assert users == ["ada", *NAMES[: NAMED - 1]]


async def test_nothing_is_kept_of_a_run_that_nobody_watches_any_more(here: World) -> None:
    ada, bob = await opened(here, "ada"), await opened(here, "bob", "r2")
    ada.leave()
    bob.leave()
    await ada.ended()
    await bob.ended()
    await asyncio.sleep(MISSED_SECONDS + 1)
    assert here.gateway.figures.watching.rooms == 0


async def test_thousands_who_come_together_are_told_of_together() -> None:
    watching, heard = Watching(), Counter[int]()

    def hear(number: int) -> None:
        heard[number] += 1

    for number in range(1_000):
        watching.came("r1", f"user-{number}")
        watching.listen("r1", partial(hear, number))
    await asyncio.sleep(10)
    assert heard == dict.fromkeys(range(1_000), 1)
