"""A server: put together, run, and taken apart again."""

from __future__ import annotations

import asyncio
import gc
import importlib.metadata
import os
import platform
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final

import anyio.to_thread
import uvicorn
from fastapi import FastAPI

from botarmy import telemetry
from botarmy.agents.demo import demo_agent
from botarmy.api import Parts, create_app
from botarmy.bootstrap import access
from botarmy.bootstrap.background import Background, background
from botarmy.bootstrap.buses import bus_of
from botarmy.bootstrap.compression import Compression
from botarmy.bootstrap.database import opened_store
from botarmy.bootstrap.installation import LocalInstallation
from botarmy.bootstrap.listening import bound, url_of
from botarmy.bootstrap.models import Equipment, equipped
from botarmy.bootstrap.notifications import start_couriers
from botarmy.bootstrap.ownership import Published, owned, publishing
from botarmy.bootstrap.page import web_folder
from botarmy.bootstrap.programs import Programs, programs_of
from botarmy.bootstrap.ratelimits import show_limits
from botarmy.bootstrap.system import SystemClock, new_id
from botarmy.bootstrap.upkeep import start_upkeep
from botarmy.bootstrap.websocket import direct_socket
from botarmy.bus.carried import CarriedBus
from botarmy.bus.local import LocalBus
from botarmy.delivery.feed import Feed
from botarmy.delivery.snapshots import Snapshots
from botarmy.documents import Reader
from botarmy.domain.budget import Budgets
from botarmy.domain.errors import BotArmyError
from botarmy.domain.team import AgentSpec, is_demo
from botarmy.gateway.gateway import Gateway
from botarmy.gateway.limits import Limits
from botarmy.gateway.stream import Shared
from botarmy.gateway.streams import Streams
from botarmy.llm.choice import Choice, choose
from botarmy.llm.limiters import Limiters
from botarmy.ports import Agent, AgentFactory, Bus, Store, WorkerInfo
from botarmy.service import Door, History, LocalHub, Service, Shelf, TeamDesk
from botarmy.settings import Loaded, Settings
from botarmy.store.sql import SqlStore
from botarmy.teams import Library, Teams
from botarmy.workers import Worker

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
REAP_SECONDS: Final = 2.0
SHUTDOWN_SECONDS: Final = 8

log = telemetry.logger("bootstrap")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server put together, not yet listening."""

    app: FastAPI
    gateway: Gateway
    streams: Streams
    tasks: Background
    model: str
    teams: Teams
    door: Door


def version() -> str:
    return importlib.metadata.version("botarmy")


# --- Putting together ---------------------------------------------------------------------------------------------


@asynccontextmanager
async def assembled(loaded: Loaded) -> AsyncIterator[Server]:
    """Everything but the socket: the store open, workers at work, the log followed."""
    settings = loaded.settings
    clock, metrics = SystemClock(), telemetry.Metrics()
    library, shelf, choice = await anyio.to_thread.run_sync(_looked_up, loaded)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(opened_store(settings))
        bus = bus_of(settings, store.epoch, metrics)
        equipment = await stack.enter_async_context(equipped(loaded, metrics.llm))
        service = Service(store, bus, clock, new_id, shelf, choice.model, metrics, _budgets(settings))
        hub = LocalHub(service, store, settings.lease_seconds, equipment.prices.cheaper)
        await hub.take_over()
        feed = Feed(store, bus)
        tasks = await _following(stack, bus, feed)
        gateway = Gateway(store, feed, service, clock, new_id, _limits(settings), metrics, equipment.limiters.states)
        streams = _streams(store, feed, service, gateway, _limits(settings), metrics)
        _start_work(tasks, loaded, hub, _worker(loaded, hub, bus, equipment, shelf))
        _start_errands(tasks, loaded, service, store, feed)
        door = await access.door(settings, store)
        tasks.start("door", access.watch(door, gateway.dismiss, streams.dismiss))
        parts = Parts(
            service=service,
            store=store,
            feed=feed,
            history=History(store),
            door=door,
            teams=TeamDesk(library, shelf, lambda: library.teams.by_name, programs=settings.save_programs),
            installation=LocalInstallation(loaded, choice, equipment.limiters, version()),
            documents=Reader(),
            serve_socket=access.socket_server(gateway, door, metrics),
            open_stream=streams.open,
            metrics=partial(_render, metrics, store, equipment.limiters, gateway),
            figures=gateway.figures,
            draining=lambda: gateway.draining,
            version=version(),
            web=web_folder(),
            hosts=LOOPBACK | {settings.host.strip("[]"), *settings.allowed_hosts},
            origins=frozenset(settings.allowed_origins),
        )
        app, teams = create_app(parts), library.teams
        yield Server(app=app, gateway=gateway, streams=streams, tasks=tasks, model=choice.model, teams=teams, door=door)


async def _following(stack: AsyncExitStack, bus: LocalBus | CarriedBus, feed: Feed) -> Background:
    """With hints of other servers where there may be any: whether they can be had is not waited for."""
    tasks = await stack.enter_async_context(background())
    if isinstance(bus, CarriedBus):
        tasks.start("bus", bus.run())
    await tasks.until_started("feed", feed.run)
    return tasks


def _start_work(tasks: Background, loaded: Loaded, hub: LocalHub, worker: Worker) -> None:
    tasks.start("worker", worker.run())
    tasks.start("reaper", _reap(hub, loaded.settings.lease_seconds))


def _start_errands(tasks: Background, loaded: Loaded, service: Service, store: SqlStore, feed: Feed) -> None:
    """What goes on beside the work: the log is kept small, and people are told who do not look."""
    start_upkeep(tasks, loaded.settings, service, store, feed)
    start_couriers(tasks, loaded, service, store, feed)


def _looked_up(loaded: Loaded) -> tuple[Library, Shelf, Choice]:
    """What is on the disk, and which model there is. To be called in a thread."""
    library = Library(loaded.settings.teams_folder)
    teams = library.teams
    for problem in teams.problems:
        log.warning("team_left_out", detail=problem.message)
    return library, Shelf(teams.by_name), choose(loaded.settings.model, loaded.providers)


def _limits(settings: Settings) -> Limits:
    return Limits(
        heartbeat_seconds=settings.heartbeat_seconds,
        connections_per_address=settings.connections_per_address,
        connections_per_user=settings.connections_per_user,
    )


def _streams(
    store: Store, feed: Feed, service: Service, gateway: Gateway, limits: Limits, metrics: telemetry.Metrics
) -> Streams:
    streams = Streams(
        Shared(
            store=store,
            feed=feed,
            snapshots=Snapshots(store, feed, service, gateway.figures),
            clock=SystemClock(),
            new_id=new_id,
            limits=limits,
            metrics=metrics,
            watching=gateway.figures.watching,
        )
    )
    gateway.figures.also(streams.standings)
    return streams


async def _render(metrics: telemetry.Metrics, store: Store, limiters: Limiters, gateway: Gateway) -> bytes:
    gateway.figures.show()
    for status, count in (await store.open_jobs()).items():
        metrics.jobs.labels(status).set(count)
    show_limits(metrics.llm, limiters.states())
    return telemetry.render_metrics(metrics)


def _worker(loaded: Loaded, hub: LocalHub, bus: Bus, equipment: Equipment, teams: Shelf) -> Worker:
    settings, redact = loaded.settings, loaded.redactor(os.environ)
    programs = programs_of(teams, settings.teams_folder, redact)
    agents, beat = _agent_factory(equipment, programs, settings), settings.lease_seconds / 3
    return Worker(_worker_info(settings), hub, bus, agents, SystemClock(), new_id, beat, redact)


def _worker_info(settings: Settings) -> WorkerInfo:
    return WorkerInfo(
        worker_id=new_id(),
        host=platform.node()[:100],
        capabilities=frozenset(),
        concurrency=settings.concurrency,
    )


def _budgets(settings: Settings) -> Budgets:
    return Budgets(
        run_usd=settings.budget_run_usd, agent_usd=settings.budget_agent_usd, day_usd=settings.budget_day_usd
    )


def _agent_factory(equipment: Equipment, programs: Programs, settings: Settings) -> AgentFactory:
    def agent(spec: AgentSpec, model: str) -> Agent:
        if not isinstance(spec.agent, str):
            return programs(spec.agent, spec.name)
        if is_demo(model):
            return demo_agent(spec, settings.demo_speed, model=model)
        programs.check(spec.mcp, spec.name)
        return equipment.agents(spec, model)

    return agent


async def _reap(hub: LocalHub, lease_seconds: float) -> None:
    """Take jobs back whose worker is gone. After a sleep of the machine, workers get the first word."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(REAP_SECONDS)
        if loop.time() - before > REAP_SECONDS + 1:
            await asyncio.sleep(lease_seconds)
        try:
            await hub.reap()
        except BotArmyError:
            log.warning("reaper_failed", exc_info=True)


# --- Running ------------------------------------------------------------------------------------------------------


class _Listener(uvicorn.Server):
    """Says goodbye to its WebSocket clients in the protocol's words before it closes anything."""

    def __init__(self, server: Server, settings: Settings) -> None:
        config = uvicorn.Config(
            server.app,
            http="httptools",
            ws=direct_socket(Compression(settings.compressed_connections)),
            ws_max_size=Limits().frame_bytes,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            forwarded_allow_ips=list(settings.trusted_proxies),
        )
        super().__init__(config)
        self._gateway: Final = server.gateway
        self._streams: Final = server.streams

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Until `stop`. Signals stay the caller's: uvicorn's own handling would end the process before its clean-up."""
        await self._serve(sockets)

    def stop(self) -> None:
        """Called again, what is still open is dropped."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await asyncio.gather(self._gateway.drain(), self._streams.drain())
        await super().shutdown(sockets)


@contextmanager
def _listening(server: Server, settings: Settings, url: str) -> Iterator[_Listener]:
    """Other processes find the server by its data folder for as long as the context lasts."""
    published = Published(url, server.door.own)
    with nullcontext() if settings.memory else publishing(settings.data_dir, published, version()):
        yield _Listener(server, settings)


@contextmanager
def _owning(settings: Settings) -> Iterator[None]:
    if settings.memory:
        yield
        return
    with owned(settings.data_dir):
        yield


def serve(loaded: Loaded, announce: Callable[[Server, str], None]) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        announce: told the server and its URL once it answers.

    Raises:
        CannotStart: the port cannot be had.
        FolderTaken, FolderUnusable: the data folder cannot be used.
        StoreError, DomainError: the database cannot be used.
    """
    undo = telemetry.configure(loaded.settings.log_level, loaded.settings.log_format, loaded.redactor(os.environ))
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(loaded, announce))
    finally:
        undo()


async def _serve(loaded: Loaded, announce: Callable[[Server, str], None]) -> None:
    settings = loaded.settings
    with _owning(settings), closing(bound(settings.host, settings.port)) as listener:
        async with assembled(loaded) as server:
            with _listening(server, settings, url_of(listener)) as running:
                tune_interpreter()
                server.tasks.on_death = running.stop
                loop = asyncio.get_running_loop()
                for number in (signal.SIGINT, signal.SIGTERM):
                    loop.add_signal_handler(number, running.stop)
                announce(server, url_of(listener))
                await running.serve([listener])


@asynccontextmanager
async def embedded(loaded: Loaded) -> AsyncIterator[Published]:
    """A server on a free loopback port, inside this process. Raises what `serve` raises."""
    settings = loaded.settings
    with _owning(settings), closing(bound("127.0.0.1", 0)) as listener:
        async with assembled(loaded) as server:
            with _listening(server, settings, url_of(listener)) as running:
                serving = asyncio.create_task(running.serve([listener]))
                try:
                    yield Published(url_of(listener), server.door.own)
                finally:
                    running.stop()
                    await serving


def tune_interpreter() -> None:
    """For latency: the collector looks at little at a time, and threads take short turns.

    What was loaded at the start it does not look at again. The middle generation is small: of 400,000 objects, which is
    what 2,000 clients bring with them who come at once, it held up the event loop for 0.2 s. All of them it looks at as
    seldom as before, after 20 million more than went.

    The store's writer works in short bursts between system calls; at the default turn of 5 ms each of them could wait
    that long for the event loop's thread.
    """
    sys.setswitchinterval(0.0005)
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 4, 1_000)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        return None
    return uvloop.new_event_loop
