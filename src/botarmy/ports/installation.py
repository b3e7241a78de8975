"""This installation as its admins see it: what is set up, and whether it works. No secret is in it, nor part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol, TypeAlias

from botarmy.domain.errors import Problem
from botarmy.domain.times import Timestamp

ServiceState: TypeAlias = Literal["set_up", "unknown", "absent", "wrong"]
"""`unknown`: only a call can tell, because it may be used without a key. `absent`: something is missing. `wrong`: what
there is cannot be used."""
KeySource: TypeAlias = Literal["environment", "file", "keyring"]
Level: TypeAlias = Literal["ok", "warn", "fail"]
TRIAL_SECONDS: Final = 60.0
"""A call for a trial that takes longer has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyOrigin:
    """Where a key is kept; never the key."""

    source: KeySource
    name: str
    """Of the variable, or of the file; empty for the keyring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceInfo:
    """An AI service that agents can use."""

    name: str
    """As a model string begins: `openai`, `custom:lab`."""
    state: ServiceState
    lacks: str
    """In words what is missing or wrong; empty where nothing is."""
    key: KeyOrigin | None
    """None where there is no key."""
    address: str
    """Of its API, without a password; empty for one that its library knows."""
    default_model: str | None
    """Of this service, by its name alone; None where there is none that is known without asking."""
    names_model: bool
    """Whether a trial has to be told which model to ask."""
    in_use: bool
    """Whether the model in force is one of its models."""
    requests_per_minute: int
    tokens_per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInForce:
    model: str
    setting: str
    """What the setting says: a model string, or `auto`."""
    reason: str
    """Why `auto` chose it; empty where the setting names it."""
    demo: bool
    cheaper: str | None
    """What is offered when a budget is used up, to agents that have no cheaper one of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceTrial:
    """What came of one tiny call."""

    provider: str
    model: str
    seconds: float | None
    """None where it failed."""
    problem: Problem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingInfo:
    name: str
    value: str
    """As `botarmy config` prints it, with secrets masked."""
    origin: str
    """`command line`, `environment BOTARMY_PORT`, `botarmy.toml line 3`, `file /run/secrets/x` or `default`."""
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsInfo:
    file: str | None
    """The botarmy.toml that was read; None where there is none."""
    settings: Sequence[SettingInfo]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelInfo:
    """A way in which people are told outside of the page."""

    name: str
    to: Sequence[str]
    """The host of a webhook, without the rest of its address, which may be a secret; the addresses of e-mails."""
    by: str | None
    """The host that takes e-mails; None for a webhook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelsInfo:
    channels: Sequence[ChannelInfo]
    public_url: str | None
    remind_after_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTrial:
    name: str
    problem: str | None
    """In words; None where the test was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderInfo:
    path: str
    size_bytes: int
    """Of all that is in it; at least so many where there is very much in it."""
    free_bytes: int
    """Of its disk."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`fail` keeps BotArmy from working; `warn` is worth knowing. `action` is empty where nothing is to be done."""

    level: Level
    what: str
    detail: str
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerInfo:
    version: str
    python: str
    database: str
    """Its kind and its file."""
    folder: FolderInfo | None
    """None where everything is kept in memory."""
    started_at: Timestamp
    uptime_seconds: float
    findings: Sequence[Finding]
    """What `botarmy doctor` finds that can be told from inside a server."""


class Installation(Protocol):
    """What runs here, as the settings have it. Nothing in it can be changed while the server runs."""

    @property
    def model(self) -> ModelInForce: ...

    def services(self) -> Sequence[ServiceInfo]:
        """Each AI service, in the order in which they are documented. Nobody is called."""
        ...

    async def try_service(self, name: str, model: str | None) -> ServiceTrial:
        """One tiny call, of `model` (its name alone) or the default one. It ends within `TRIAL_SECONDS`.

        Raises:
            DomainError: `unknown_provider`, `trial_under_way`, `trial_too_soon`. That the call failed is no error.
        """
        ...

    def settings(self) -> SettingsInfo: ...

    def channels(self) -> ChannelsInfo: ...

    async def try_channels(self) -> Sequence[ChannelTrial]:
        """A test through each channel; nothing where there is none. It ends within two minutes.

        Raises:
            DomainError: `trial_under_way`, `trial_too_soon`.
        """
        ...

    async def server(self) -> ServerInfo: ...
