"""Teams over HTTP: the list, one with its text, and what admins change: saved, taken in as a file, deleted."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Header, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from botarmy.api.artifacts import attachment
from botarmy.api.identity import Admin
from botarmy.api.parts import CurrentUser, PartsOf
from botarmy.domain.errors import DomainError
from botarmy.domain.programs import PythonAgent
from botarmy.domain.team import AgentSpec, Team
from botarmy.domain.teamfiles import INSTRUCTIONS_MOST, Draft, TeamFile, runs_programs
from botarmy.domain.users import User
from botarmy.service.teamdesk import text_for
from botarmy.service.teampackage import pack, unpack

router: Final = APIRouter(prefix="/api/teams", tags=["teams"])

Name = Annotated[str, Path(max_length=100)]
IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=100)]


class StepInfo(BaseModel):
    step: str
    agent_name: str
    title: str
    role: str
    needs: tuple[str, ...]
    phases: tuple[str, ...]
    agent: Literal["llm", "python", "command"]
    """What does the work: a model, or code of the operator's own."""
    model: str | None
    """None: the run's."""
    models: tuple[str, ...]
    fallback: bool
    """Whether it has an answer prepared for when no model can be had."""
    tools: tuple[str, ...]
    servers: tuple[str, ...]
    """Whose tools it has besides, by their names."""
    artifacts: tuple[str, ...]
    attempts: int
    approval: Literal["before", "after"] | None


class TeamInfo(BaseModel):
    name: str
    title: str
    description: str
    own: bool
    """False for those that ship."""
    programs: bool
    """Whether agents of it are code of the operator's own, or use tools of other servers."""
    stand_ins: tuple[str, ...]
    """The teams that it falls back to."""
    steps: tuple[StepInfo, ...]


class FaultInfo(BaseModel):
    line: int
    column: int | None
    reason: str


class LeftOut(BaseModel):
    file: str
    line: int
    reason: str


class Teams(BaseModel):
    teams: tuple[TeamInfo, ...]
    left_out: tuple[LeftOut, ...]
    """Files of the teams folder that are wrong."""


class TeamText(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    yaml: Annotated[str, Field(repr=False)]
    instructions: Annotated[dict[str, str], Field(default_factory=dict, max_length=INSTRUCTIONS_MOST, repr=False)]
    """The texts of the files that the YAML names, by their paths."""

    def draft(self) -> Draft:
        return Draft(yaml=self.yaml, instructions=self.instructions)


class TeamDetail(BaseModel):
    team: TeamInfo
    yaml: str | None
    """None for those who may not read it: it names programs of the server's machine."""
    instructions: dict[str, str]
    version: str
    """Of the text: what `If-Match` takes."""


class Verdict(BaseModel):
    team: TeamInfo | None
    """None where there are faults."""
    faults: tuple[FaultInfo, ...]


class Removed(BaseModel):
    name: str


@router.get("")
async def list_teams(parts: PartsOf) -> Teams:
    desk = parts.teams
    return Teams(
        teams=tuple(_info(team, own=team.name in desk.own) for team in desk.shelf.values()),
        left_out=tuple(LeftOut.model_validate(dict(problem.fields)) for problem in desk.problems),
    )


@router.post("/validate")
async def validate_team(parts: PartsOf, user: CurrentUser, body: Annotated[TeamText, Body()]) -> Verdict:
    """Nothing is run, imported or kept."""
    checked = await parts.teams.check(user, body.draft())
    return Verdict(
        team=None if checked.team is None else _info(checked.team, own=True),
        faults=tuple(FaultInfo(line=one.line, column=one.column, reason=one.reason) for one in checked.faults),
    )


@router.post("/import", status_code=201)
async def import_team(parts: PartsOf, admin: Admin, request: Request, response: Response) -> TeamDetail:
    """The body is the file. Its size is the guard's to bound."""
    draft = unpack(await request.body())
    checked = await parts.teams.check(admin, draft)
    if checked.team is None:
        fault = checked.faults[0]
        raise DomainError("bad_team_text", line=fault.line, reason=fault.reason)
    return _detail(admin, await parts.teams.save(admin, checked.team.name, draft, None), response)


@router.get("/{name}")
async def read_team(parts: PartsOf, user: CurrentUser, name: Name, response: Response) -> TeamDetail:
    return _detail(user, await parts.teams.find(name), response)


@router.get("/{name}/file")
async def export_team(parts: PartsOf, user: CurrentUser, name: Name) -> Response:
    draft = text_for(user, await parts.teams.find(name))
    if draft is None:
        raise DomainError("admins_only")
    content, ending = pack(name, draft)
    media_type = "application/zip" if ending == "zip" else "application/yaml"
    return Response(content, media_type=media_type, headers=attachment(f"{name}.{ending}"))


@router.put("/{name}")
async def save_team(
    parts: PartsOf,
    admin: Admin,
    name: Name,
    body: Annotated[TeamText, Body()],
    response: Response,
    if_match: IfMatch = None,
) -> TeamDetail:
    """With `If-Match` the version that it says is replaced, without it there must be no such team yet."""
    file = await parts.teams.save(admin, name, body.draft(), _version(if_match))
    response.status_code = 201 if if_match is None else 200
    return _detail(admin, file, response)


@router.delete("/{name}")
async def remove_team(parts: PartsOf, admin: Admin, name: Name, if_match: IfMatch = None) -> Removed:
    await parts.teams.remove(admin, name, _version(if_match))
    return Removed(name=name)


def _version(if_match: str | None) -> str | None:
    return None if if_match is None else if_match.strip().removeprefix("W/").strip('"')


def _detail(user: User, file: TeamFile, response: Response) -> TeamDetail:
    draft = text_for(user, file)
    response.headers["etag"] = f'"{file.draft.version}"'
    return TeamDetail(
        team=_info(file.team, own=file.own),
        yaml=None if draft is None else draft.yaml,
        instructions={} if draft is None else dict(draft.instructions),
        version=file.draft.version,
    )


def _info(team: Team, *, own: bool) -> TeamInfo:
    return TeamInfo(
        name=team.name,
        title=team.title,
        description=team.description,
        own=own,
        programs=runs_programs(team),
        stand_ins=tuple(other.name for other in team.workflows),
        steps=tuple(map(_step, team.steps)),
    )


def _step(spec: AgentSpec) -> StepInfo:
    kind: Literal["llm", "python", "command"] = "llm"
    if spec.agent != "llm":
        kind = "python" if isinstance(spec.agent, PythonAgent) else "command"
    return StepInfo(
        step=spec.step,
        agent_name=spec.name,
        title=spec.title,
        role=spec.role,
        needs=spec.needs,
        phases=tuple(phase.phase for phase in spec.phases),
        agent=kind,
        model=spec.model,
        models=spec.models,
        fallback=spec.fallback is not None,
        tools=spec.tools,
        servers=tuple(server.name for server in spec.mcp),
        artifacts=spec.artifacts,
        attempts=spec.attempts,
        approval=spec.approval,
    )
