"""Runs as they are: folds of the log, kept in memory while they are in use and stored so that they open fast."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import TypeAdapter

from botarmy.domain.events import Event, NewEvent
from botarmy.domain.fold import fold, with_text_gone
from botarmy.domain.run import FOLD_VERSION, Run
from botarmy.ports import LogEntry, Store, StoredFold, StoreError

RUNS_HELD: Final = 200
EVENTS_BETWEEN_FOLDS: Final = 1_000
PAGE: Final = 500
_RUN: Final = TypeAdapter(Run)


@dataclass(slots=True)
class _Held:
    run: Run
    unsaved: int
    """How many events came since the run was last stored."""


class States:
    """A cache over the log, of the runs in use. Losing it costs time, never truth."""

    def __init__(self, store: Store) -> None:
        self._store: Final = store
        self._held: Final[OrderedDict[str, _Held]] = OrderedDict()

    async def current(self, run_id: str) -> Run | None:
        """The run by now; None where it does not exist."""
        if held := self._held.get(run_id):
            self._held.move_to_end(run_id)
            return held.run
        base = await self._stored(run_id, None)
        run, read = await self._read_on(run_id, base, None)
        if run is not None:
            self._hold(run_id, _Held(run, read))
            await self._save_if_due(run_id)
        return run

    async def at(self, run_id: str, position: int) -> Run | None:
        """The run as it was at exactly this position of the log; None before its creation, or once deleted."""
        held = self._held.get(run_id)
        if held and held.run.view.position <= position:
            base: Run | None = held.run
        else:
            base = await self._stored(run_id, position)
        run, _ = await self._read_on(run_id, base, position)
        if run is None or run.status == "deleted":
            return None
        if held is None or base is not held.run:
            for response in await self._store.in_the_writing(run_id, position):
                run = with_text_gone(run, response.event())
        return run

    async def advance(self, run_id: str, before: Run | None, events: Sequence[Event]) -> None:
        """What was just committed on top of `before` is the state from now on."""
        run = fold(events, before)
        if run is None or run.status == "deleted":
            self.forget(run_id)
            return
        held = self._held.get(run_id)
        self._hold(run_id, _Held(run, (held.unsaved if held else 0) + len(events)))
        await self._save_if_due(run_id)

    def forget(self, run_id: str) -> None:
        self._held.pop(run_id, None)

    def _hold(self, run_id: str, held: _Held) -> None:
        self._held[run_id] = held
        self._held.move_to_end(run_id)
        if len(self._held) > RUNS_HELD:
            self._held.popitem(last=False)

    async def _stored(self, run_id: str, up_to: int | None) -> Run | None:
        stored = await self._store.fold(run_id, up_to)
        if stored is None or stored.fold_version != FOLD_VERSION:
            return None
        return _RUN.validate_json(stored.body)

    async def _read_on(self, run_id: str, run: Run | None, up_to: int | None) -> tuple[Run | None, int]:
        position = run.view.position if run else 0
        read = 0
        while True:
            entries = await self._store.read(position, PAGE, run_id=run_id, up_to=up_to)
            run = fold((entry.event() for entry in entries), run)
            read += len(entries)
            if len(entries) < PAGE:
                return run, read
            position = entries[-1].position
            await asyncio.sleep(0)

    async def _save_if_due(self, run_id: str) -> None:
        held = self._held[run_id]
        if held.unsaved < EVENTS_BETWEEN_FOLDS:
            return
        run = held.run
        held.unsaved = 0
        body = _RUN.dump_json(run)
        try:
            await self._store.save_fold(
                run_id, StoredFold(fold_version=FOLD_VERSION, position=run.view.position, body=body)
            )
        except StoreError:
            held.unsaved = EVENTS_BETWEEN_FOLDS


def placed(events: Sequence[NewEvent], entries: Sequence[LogEntry]) -> list[Event]:
    return [event.at(entry.position, entry.version) for event, entry in zip(events, entries, strict=True)]
