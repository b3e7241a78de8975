"""Who acts: a user with a role. Without authentication there is one, the local admin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Role: TypeAlias = Literal["admin", "member", "viewer"]


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role

    @property
    def sees_all(self) -> bool:
        return self.role == "admin"

    def may_see(self, owner: str | None) -> bool:
        """Whether a run of `owner` is this user's to watch; None stands for a run that never existed."""
        return owner is not None and (self.sees_all or owner == self.name)


LOCAL: Final = User("local", "admin")
