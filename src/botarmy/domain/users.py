"""Who acts: a user with a role. Without authentication there is one, the local admin.

Viewers watch every run and change nothing, members see and command the runs that they started, admins do all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias, get_args

from botarmy.domain.errors import DomainError

Role: TypeAlias = Literal["admin", "member", "viewer"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role
    token_id: str | None = field(default=None, compare=False)
    """The token that proved it; None where none was needed."""

    @property
    def is_admin(self) -> bool:
        return self.role == "admin"

    @property
    def may_command(self) -> bool:
        return self.role != "viewer"

    @property
    def sees_all(self) -> bool:
        """Every run, whoever's it is. What concerns no run is for admins."""
        return self.role != "member"

    def may_see(self, owner: str | None) -> bool:
        """Whether a run of `owner` is this user's to watch; None stands for a run that never existed."""
        return owner is not None and (self.sees_all or owner == self.name)


LOCAL: Final = User("local", "admin")


def check_name(name: str) -> str:
    """The name of somebody who gets a token. Raises DomainError `bad_user`."""
    if name == LOCAL.name or not _NAME.fullmatch(name):
        raise DomainError("bad_user")
    return name
