"""The HTTP application, put together."""

from __future__ import annotations

import time
from typing import Final

from anyio import CapacityLimiter
from fastapi import Depends, FastAPI
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from botarmy.api import (
    about,
    access,
    analytics,
    artifacts,
    attachments,
    audit,
    crashes,
    events,
    forks,
    installation,
    jobs,
    page,
    portable,
    problems,
    requests,
    runs,
    stats,
    teams,
    usage,
)
from botarmy.api.agui import route as agui
from botarmy.api.guard import Guard
from botarmy.api.identity import known
from botarmy.api.parts import Parts
from botarmy.api.socket import serve
from botarmy.service import Crashes

ROUTERS: Final = (
    artifacts.router,
    attachments.router,
    forks.router,
    audit.router,
    portable.router,
    runs.router,
    requests.router,
    usage.router,
    analytics.router,
    events.router,
    teams.router,
    about.router,
    stats.router,
    jobs.router,
    crashes.router,
    agui.router,
    access.router,
    installation.router,
)


def create_app(parts: Parts) -> FastAPI:
    app = FastAPI(
        title="BotArmy",
        version=parts.version,
        openapi_url=None,
        dependencies=[Depends(known)],
    )
    app.state.parts = parts
    app.state.agui_places = CapacityLimiter(agui.STREAMS)
    app.state.crashes = Crashes(time.monotonic)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_api_route("/api/openapi.json", app.openapi, include_in_schema=False)

    async def socket(websocket: WebSocket) -> None:
        await serve(websocket, parts)

    # A route of FastAPI's own would keep its whole machinery in memory for each connection.
    app.routes.append(WebSocketRoute("/ws", socket))

    if parts.web is None:
        app.add_api_route("/", page.page_not_built, include_in_schema=False)
    else:
        app.add_route("/{path:path}", page.Page(parts.web).answer, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_middleware(Guard, hosts=parts.hosts, origins=parts.origins)
    return app
