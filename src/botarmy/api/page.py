"""The page: the built browser application, for every address that is not the API's."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

NOT_THE_PAGE: Final = frozenset({"api", "ws", "agui"})
NOT_BUILT: Final = "The page of BotArmy is not built in this checkout. Run `make setup`, then start BotArmy again."


class Page(StaticFiles):
    """Files of the build as they are; any other address is the application's own, so it gets its first file."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, html=True)

    async def answer(self, request: Request) -> Response:
        return await self.get_response(self.get_path(request.scope), request.scope)

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.split("/", maxsplit=1)[0] in NOT_THE_PAGE:
            raise HTTPException(404)
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            response = await super().get_response("index.html", scope)
        fresh = "no-cache" if not path.startswith("assets/") else "public, max-age=31536000, immutable"
        if isinstance(response, FileResponse):
            response.headers["cache-control"] = fresh
        return response


async def page_not_built() -> PlainTextResponse:
    return PlainTextResponse(NOT_BUILT, status_code=503)
