"""What is set up on this server, for its admins: AI services, settings, channels, and the server itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field

from botarmy import telemetry
from botarmy.api.identity import Admin, admins_only
from botarmy.api.parts import PartsOf
from botarmy.domain.artifacts import FILE_BYTES, FILES_OF_A_RUN
from botarmy.domain.commands import BRIEF_BYTES, NOTE_BYTES
from botarmy.domain.tokens import TOKENS
from botarmy.ports import ChannelsInfo, ChannelTrial, ModelInForce, ServerInfo, ServiceInfo, SettingInfo

router: Final = APIRouter(prefix="/api", tags=["installation"])
log = telemetry.logger("api")


class Providers(BaseModel):
    in_force: ModelInForce
    providers: Sequence[ServiceInfo]


class TrialOf(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    model: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S+$")] | None = None
    """Of this service, by its name alone; without it the model in force, or the service's default one."""


class TrialProblem(BaseModel):
    code: str
    message: str
    action: str


class Trial(BaseModel):
    provider: str
    model: str
    seconds: float | None
    """How long the answer took; None where there was none."""
    problem: TrialProblem | None


class Sizes(BaseModel):
    """Bounds that no setting changes."""

    brief_bytes: int = BRIEF_BYTES
    note_bytes: int = NOTE_BYTES
    file_bytes: int = FILE_BYTES
    files_of_a_project: int = FILES_OF_A_RUN
    tokens: int = TOKENS


class InForce(BaseModel):
    file: str | None
    """The botarmy.toml that was read; None where there is none."""
    settings: Sequence[SettingInfo]
    sizes: Sizes = Sizes()


class ChannelTrials(BaseModel):
    results: Sequence[ChannelTrial]


@router.get("/providers", dependencies=[admins_only])
async def list_providers(parts: PartsOf) -> Providers:
    """Each AI service, as it is set up. Nobody is called."""
    installation = parts.installation
    return Providers(in_force=installation.model, providers=installation.services())


@router.post("/providers/{name}/test")
async def try_provider(
    parts: PartsOf,
    admin: Admin,
    name: Annotated[str, Path(max_length=100)],
    body: Annotated[TrialOf | None, Body()] = None,
) -> Trial:
    """One tiny call, as `botarmy providers test` makes it. That it failed is an answer like any other."""
    tried = await parts.installation.try_service(name, body.model if body else None)
    problem = tried.problem
    log.info("provider_tried", provider=tried.provider, code=problem.code if problem else None, by=admin.name)
    words = None if problem is None else TrialProblem(**{w: getattr(problem, w) for w in TrialProblem.model_fields})
    return Trial(provider=tried.provider, model=tried.model, seconds=tried.seconds, problem=words)


@router.get("/settings", dependencies=[admins_only])
async def read_settings(parts: PartsOf) -> InForce:
    """What is in force and where each value came from, secrets masked."""
    found = parts.installation.settings()
    return InForce(file=found.file, settings=found.settings)


@router.get("/notifications", dependencies=[admins_only])
async def read_notifications(parts: PartsOf) -> ChannelsInfo:
    return parts.installation.channels()


@router.post("/notifications/test")
async def try_notifications(parts: PartsOf, admin: Admin) -> ChannelTrials:
    """A test through each channel, as `botarmy notify test` sends it."""
    results = await parts.installation.try_channels()
    log.info("notifications_tried", channels=[result.name for result in results], by=admin.name)
    return ChannelTrials(results=results)


@router.get("/about", dependencies=[admins_only])
async def read_about(parts: PartsOf) -> ServerInfo:
    """The server itself, and what `botarmy doctor` would say of it."""
    return await parts.installation.server()
