"""What broke in somebody's page: one line in the log, found by the reference that the page showed.

Nothing that a person or an agent wrote is kept: of a fault's words what stands between quotation marks is left out,
and of the stack only functions and places in the page's own files can be said at all.
"""

from __future__ import annotations

import math
import re
from typing import Annotated, Final

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from botarmy import telemetry
from botarmy.api.identity import address_of
from botarmy.api.parts import CurrentUser
from botarmy.domain.errors import DomainError
from botarmy.service import Crashes

router: Final = APIRouter(prefix="/api", tags=["server"])
log = telemetry.logger("page")

REFERENCE: Final = r"^[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}$"
PLAIN: Final = r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$"
"""One line: nothing that would end it or colour a terminal."""
FRAME: Final = r"^(?:[\w$.<>\[\] ]{1,80} )?/[\w./-]{1,120}\.(?:js|tsx?):\d{1,7}:\d{1,7}$"
"""A function and its place, such as `Message /assets/project-page-4f1c.js:1:2045`."""
_QUOTED: Final = re.compile(r"""(?<!reading )(?<!setting )(?:'[^']*'|"[^"]*(?:"|$)|`[^`]*(?:`|$)|“[^”]*(?:”|$))""")
_NO_NAME: Final = re.compile(r"(?:reading|setting) '(?![A-Za-z_$][\w$]{0,40}')[^']*(?:'|$)")


class Crash(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    reference: Annotated[str, Field(pattern=REFERENCE)]
    """Made by the page, which may be offline when it breaks."""
    where: Annotated[str, Field(max_length=80, pattern=PLAIN)]
    """The part of the page, as a person calls it."""
    page: Annotated[str, Field(max_length=40, pattern=r"^/[a-z-]*$")]
    """The first part of the page's path: never an id."""
    name: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z]\w*$")]
    message: Annotated[str, Field(max_length=300, pattern=PLAIN)]
    frames: Annotated[list[Annotated[str, Field(max_length=240, pattern=FRAME)]], Field(max_length=20)]
    """Innermost first."""


class Reported(BaseModel):
    reference: str


@router.post("/crashes", status_code=202)
async def report_crash(request: Request, user: CurrentUser, body: Annotated[Crash, Body()]) -> Reported:
    """Raises DomainError `too_many_crashes`."""
    counted: Crashes = request.app.state.crashes
    wait = counted.take(address_of(request))
    if wait > 0:
        raise DomainError("too_many_crashes", seconds=math.ceil(wait))
    browser = re.sub(r"[^\x20-\x7e]", "", request.headers.get("user-agent", ""))[:200]
    said = body.model_dump(exclude={"message"})
    log.error("page_crashed", **said, fault=without_quotations(body.message), user=user.name, browser=browser)
    return Reported(reference=body.reference)


def without_quotations(message: str) -> str:
    """A fault's words without what it quotes; the name of a field that was read of nothing stays."""
    return _QUOTED.sub("“…”", _NO_NAME.sub("reading “…”", message))
