"""Where team files are kept: those that ship, and those of a folder that can be written."""

from __future__ import annotations

from typing import Protocol

from botarmy.domain.errors import DomainError
from botarmy.domain.teamfiles import Checked, Draft, TeamFile


class TeamLibrary(Protocol):
    """Its methods block, its properties do not. `save` and `remove` are called one at a time, others beside them."""

    @property
    def problems(self) -> tuple[DomainError, ...]:
        """What is wrong with files that are left out."""
        ...

    @property
    def own(self) -> frozenset[str]:
        """The names of those that do not ship."""
        ...

    def find(self, name: str) -> TeamFile:
        """Raises DomainError `team_not_found`."""
        ...

    def check(self, draft: Draft) -> Checked:
        """What would become of a text if it were saved. Nothing is run, imported or written."""
        ...

    def save(self, name: str, draft: Draft, expected: str | None, *, programs: bool) -> None:
        """Durable on return.

        Args:
            expected: the version that is replaced; None: there is no team of this name yet.
            programs: whether the team may name code to run and servers to call.

        Raises:
            DomainError: refused; nothing was written.
            OSError: the folder cannot be written.
        """
        ...

    def remove(self, name: str, expected: str | None) -> None:
        """Durable on return. Raises as `save` does.

        Args:
            expected: the version that is to go; None: whatever is there.
        """
        ...
