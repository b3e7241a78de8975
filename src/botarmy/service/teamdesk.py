"""Teams as they are read, checked and changed while the server runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from botarmy import telemetry
from botarmy.domain.errors import DomainError
from botarmy.domain.team import Team
from botarmy.domain.teamfiles import Checked, Draft, TeamFile, runs_programs
from botarmy.domain.users import User
from botarmy.ports.teams import TeamLibrary

CHECKS: Final = 2
"""Texts that are read at the same time; others wait."""
log = telemetry.logger("teams")


class Shelf(Mapping[str, Team]):
    """The teams that can be started, by name, the default first: always those of the last change."""

    def __init__(self, teams: Mapping[str, Team]) -> None:
        self._teams = teams

    def put(self, teams: Mapping[str, Team]) -> None:
        self._teams = teams

    def __getitem__(self, name: str) -> Team:
        return self._teams[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._teams)

    def __len__(self) -> int:
        return len(self._teams)


class TeamDesk:
    """Args:
    loaded: the teams of the library as they are by now.
    programs: whether teams that are saved here may name code to run and servers to call.
    """

    def __init__(
        self, library: TeamLibrary, shelf: Shelf, loaded: Callable[[], Mapping[str, Team]], *, programs: bool
    ) -> None:
        self.shelf: Final = shelf
        self.programs: Final = programs
        self._library: Final = library
        self._loaded: Final = loaded
        self._writing: Final = asyncio.Lock()
        self._reading: Final = asyncio.Semaphore(CHECKS)
        self._under_way: Final[set[asyncio.Task[None]]] = set()

    @property
    def own(self) -> frozenset[str]:
        """The names of the teams that do not ship."""
        return self._library.own

    @property
    def problems(self) -> tuple[DomainError, ...]:
        """What is wrong with files that are left out."""
        return self._library.problems

    async def find(self, name: str) -> TeamFile:
        """Raises DomainError `team_not_found`."""
        return await asyncio.to_thread(self._library.find, name)

    async def check(self, user: User, draft: Draft) -> Checked:
        """Raises DomainError `only_watching`."""
        if not user.may_command:
            raise DomainError("only_watching")
        async with self._reading:
            return await asyncio.to_thread(self._library.check, draft)

    async def save(self, admin: User, name: str, draft: Draft, expected: str | None) -> TeamFile:
        """The team as it is now kept, and can be started. Runs that were made before keep theirs.

        Args:
            expected: the version that is replaced; None: there is no team of this name yet.

        Raises:
            DomainError: refused; nothing was written.
        """
        await self._write(lambda: self._library.save(name, draft, expected, programs=self.programs))
        log.info("team_saved", team=name, by=admin.name, new=expected is None, version=draft.version)
        return await self.find(name)

    async def remove(self, admin: User, name: str, expected: str | None) -> None:
        """Raises DomainError."""
        await self._write(lambda: self._library.remove(name, expected))
        log.info("team_removed", team=name, by=admin.name)

    async def _write(self, what: Callable[[], None]) -> None:
        """To its end, even if nobody waits for it any more: what is on the disk is what can be started."""
        writing = asyncio.create_task(self._written(what))
        self._under_way.add(writing)
        writing.add_done_callback(self._under_way.discard)
        await asyncio.shield(writing)

    async def _written(self, what: Callable[[], None]) -> None:
        async with self._writing:
            try:
                await asyncio.to_thread(what)
            except OSError as error:
                raise DomainError("teams_unwritable", detail=repr(error)) from error
            finally:
                self.shelf.put(self._loaded())


def text_for(user: User, file: TeamFile) -> Draft | None:
    """Its text; None where it names programs of the server's machine, which is its admins' business."""
    return None if runs_programs(file.team) and not user.is_admin else file.draft
