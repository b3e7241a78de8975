"""What reaches an agent at work: notes of people, and whether it may make its next model call."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from botarmy.ports import Assignment, CallStarted, Hub, Output, Standing, StoreUnavailable
from botarmy.workers.reporter import Reporter

UNAVAILABLE_SECONDS: Final = 1.0


class Inbox:
    """Of one job. What the agent takes out of it is reported as taken up; the notes of its context are at once."""

    def __init__(self, hub: Hub, assignment: Assignment, reporter: Reporter) -> None:
        self._hub: Final = hub
        self._job: Final = assignment.job
        self._budgeted: Final = assignment.budgeted
        self._reporter: Final = reporter
        self._newest = assignment.notes[-1] if assignment.notes else None
        """The id of the last note that the agent was told."""
        self._asked: Standing | None = None
        """What was learned before the call that is about to be made, until the agent has heard it or gone on."""
        reporter.take_up(assignment.notes)

    async def lets_pass(self, output: Output) -> bool:
        """False for a model call that may not be made. Under a budget, what the calls before have cost is reported
        first, so that the answer is about all of it."""
        self._asked = None
        if not isinstance(output, CallStarted):
            return True
        if self._budgeted:
            await self._reporter.settled()
        self._asked = await self._standing()
        return self._asked.may_call

    async def hear(self) -> Sequence[str]:
        """See `AgentContext.hear`."""
        standing, self._asked = self._asked, None
        notes = (standing or await self._standing()).notes
        if not notes:
            return ()
        self._newest = notes[-1].note_id
        self._reporter.take_up([note.note_id for note in notes])
        return tuple(note.content for note in notes)

    async def _standing(self) -> Standing:
        """While it cannot be told: what no budget limits goes on, and hears later what is new."""
        while True:
            try:
                return await self._hub.standing(self._job, self._newest)
            except StoreUnavailable:
                if not self._budgeted:
                    return Standing(may_call=True)
                await asyncio.sleep(UNAVAILABLE_SECONDS)
