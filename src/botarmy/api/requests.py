"""What is asked of people, over all runs: the inbox."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.domain.errors import DomainError
from botarmy.domain.users import User
from botarmy.domain.views import RequestView
from botarmy.ports import OpenRequest
from botarmy.service import Service

router: Final = APIRouter(tags=["runs"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    run_id: str
    title: str
    """The run's, as are team and owner."""
    team: str
    owner: str
    agent_name: str | None
    """Whose step asks; None where it is the run itself."""
    request: RequestView


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    requests: Sequence[Asked]
    next: str | None
    total: int
    position: int


_INBOX: Final = TypeAdapter(Inbox)


@router.get("/api/requests", response_model=Inbox)
async def list_requests(
    parts: PartsOf,
    user: CurrentUser,
    after: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response:
    page = await parts.store.open_requests(owner=None if user.sees_all else user.name, limit=limit, after=after)
    inbox = Inbox(
        requests=[one async for one in _shown(parts.service, user, page.requests)],
        next=page.next,
        total=page.total,
        position=page.position,
    )
    return Response(_INBOX.dump_json(inbox), media_type="application/json")


async def _shown(service: Service, user: User, requests: Sequence[OpenRequest]) -> AsyncIterator[Asked]:
    """As the runs have them by now: what was answered since the list was read is left out."""
    for one in requests:
        try:
            view = (await service.run(user, one.run_id)).view
        except DomainError:
            continue  # deleted meanwhile
        request = next((r for r in view.requests if r.request_id == one.request_id and r.status == "open"), None)
        if request is None:
            continue
        agent = next((step.agent_name for step in view.steps if step.step == request.step), None)
        yield Asked(
            run_id=view.run_id,
            title=view.title,
            team=view.team,
            owner=view.owner,
            agent_name=agent,
            request=request,
        )
