"""Signing in and out, and the tokens that are signed in with."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Body, Path, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from botarmy import telemetry
from botarmy.api.identity import COOKIE, Admin, address_of, whoever
from botarmy.api.parts import PartsOf
from botarmy.domain.tokens import LONGEST_SECONDS, SESSION_SECONDS, Token
from botarmy.domain.users import LOCAL, Role, User

router: Final = APIRouter(prefix="/api", tags=["access"])
log = telemetry.logger("api")


class Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class SignIn(Arguments):
    token: Annotated[str, Field(max_length=4_096, repr=False)]


class NewToken(Arguments):
    user: Annotated[str, Field(max_length=200)]
    role: Literal["admin", "member", "viewer"]
    expires_in: Annotated[int, Field(ge=1, le=LONGEST_SECONDS)] | None = None
    """Seconds; None: until it is revoked."""


class Person(BaseModel):
    name: str
    role: Role


class Session(BaseModel):
    required: bool
    """Whether this server asks for a sign-in at all."""
    user: Person | None
    """None: nobody is signed in."""


class TokenInfo(BaseModel):
    token_id: str
    user: str
    role: Role
    created_at: str
    last_used_at: str | None
    expires_at: str | None
    revoked_at: str | None


class IssuedToken(TokenInfo):
    token: str
    """Shown this once."""


class Tokens(BaseModel):
    tokens: tuple[TokenInfo, ...]
    yours: str | None
    """The id of the token that this request came with, or its session; None where none was needed."""


# --- Sessions ---------------------------------------------------------------------------------------------------


@router.get("/session")
async def read_session(parts: PartsOf, request: Request) -> Session:
    return _session(parts.door.required, await whoever(request))


@router.post("/session")
async def sign_in(parts: PartsOf, request: Request, response: Response, body: Annotated[SignIn, Body()]) -> Session:
    """Trade a token for a cookie that scripts cannot read and other sites cannot send."""
    if not parts.door.required:
        return _session(False, LOCAL)
    session = await parts.door.sign_in(body.token.strip(), address_of(request))
    response.set_cookie(
        COOKIE,
        session.secret,
        max_age=SESSION_SECONDS,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return _session(True, session.token.bearer())


@router.delete("/session")
async def sign_out(parts: PartsOf, request: Request, response: Response) -> Session:
    """The session of the cookie ends, and with it this browser's connections."""
    if session := request.cookies.get(COOKIE):
        await parts.door.sign_out(session)
    response.delete_cookie(COOKIE, path="/", secure=request.url.scheme == "https", httponly=True, samesite="strict")
    return _session(parts.door.required, None if parts.door.required else LOCAL)


def _session(required: bool, user: User | None) -> Session:
    return Session(required=required, user=None if user is None else Person(name=user.name, role=user.role))


# --- Tokens -----------------------------------------------------------------------------------------------------


@router.get("/tokens")
async def list_tokens(parts: PartsOf, admin: Admin) -> Tokens:
    keyring = parts.door.keyring
    listed = tuple(TokenInfo(**_fields(token)) for token in keyring.listed())
    return Tokens(tokens=listed, yours=keyring.given(admin.token_id))


@router.post("/tokens", status_code=201)
async def create_token(parts: PartsOf, admin: Admin, body: Annotated[NewToken, Body()]) -> IssuedToken:
    issued = await parts.door.keyring.create(body.user, body.role, body.expires_in)
    log.info("token_created", token_id=issued.token.token_id, user=body.user, role=body.role, by=admin.name)
    return IssuedToken(token=issued.secret, **_fields(issued.token))


@router.delete("/tokens/{token_id}")
async def revoke_token(parts: PartsOf, admin: Admin, token_id: Annotated[str, Path(max_length=100)]) -> TokenInfo:
    """Who needs no token here, as the owner of the machine, can always make another one, and may revoke the last."""
    token = await parts.door.keyring.revoke(token_id, spare_last_admin=admin.token_id is not None)
    log.info("token_revoked", token_id=token_id, user=token.user, by=admin.name)
    return TokenInfo(**_fields(token))


def _fields(token: Token) -> dict[str, Any]:
    return {name: getattr(token, name) for name in TokenInfo.model_fields}
