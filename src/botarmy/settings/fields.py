"""What there is to set: each setting's type, bounds, default and words."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

from platformdirs import user_data_path
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, DirectoryPath, Field, StringConstraints

from botarmy.settings.buses import nats_address
from botarmy.settings.values import (
    Custom,
    ModelPrice,
    ProviderLimit,
    customs,
    each_model_once,
    each_once,
    model_price,
    provider_limit,
    split,
)


def _address(host: str) -> str:
    if host.lower() != "localhost":
        ipaddress.ip_address(host)
    return host


def _network(text: str) -> str:
    return str(ipaddress.ip_network(text))


def _bus(text: str) -> str:
    word = text.strip().lower()
    if word in ("auto", "local", "postgresql"):
        return word
    nats_address(text)
    return text


def _not_a_file(path: Path) -> Path:
    if path.is_dir() or not path.exists():
        return path
    raise ValueError(path)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def default_data_dir() -> Path:
    return user_data_path("botarmy", appauthor=False)


def _default_database(known: Mapping[str, Any]) -> str:
    return f"sqlite:///{known['data_dir'] / 'botarmy.db'}"


def _setting(default: Any, description: str, must: str, **bounds: Any) -> Any:
    """`must` ends the sentence “port must be …”. A callable makes the default."""
    kind = "default_factory" if callable(default) else "default"
    extra = {"must": must}
    return Field(**{kind: default}, description=description, json_schema_extra=cast(Any, extra), **bounds)


def _seconds(default: float, description: str) -> Any:
    return _setting(default, description, "a number from 0.1 to 3600", ge=0.1, le=3600, allow_inf_nan=False)


def _dollars(description: str) -> Any:
    must = "an amount in US dollars above 0 and up to 1000000, such as 2.50"
    return _setting(None, description, must, gt=0, le=1_000_000, allow_inf_nan=False)


HostName: TypeAlias = Annotated[str, StringConstraints(to_lower=True, pattern=r"^[A-Za-z0-9_.:\[\]-]+$")]
Network: TypeAlias = Annotated[str, AfterValidator(_network)]
Mailbox: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,255}$")]
WebOrigin: TypeAlias = Annotated[str, StringConstraints(to_lower=True, pattern=r"^https?://[^/\s?#]+$")]


class Settings(BaseModel):
    """What is in force, validated. Paths are absolute where they come from `load`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, AfterValidator(_address)] = _setting(
        "127.0.0.1",
        "The address to listen on; any but 127.0.0.1 and its like makes everybody sign in.",
        "an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
    )
    port: int = _setting(
        8000, "The port to listen on; 0 takes any free one.", "a whole number from 0 to 65535", ge=0, le=65535
    )
    data_dir: Annotated[Path, AfterValidator(_not_a_file)] = _setting(
        default_data_dir,
        "The folder that holds everything BotArmy remembers.",
        "a folder, or a path where one can be made",
    )
    database_url: str = _setting(
        _default_database,
        "The database; BOTARMY_DATABASE_URL_FILE may name a file that holds its address.",
        "sqlite:/// and the path of a file, or postgresql://user@host/name",
        pattern="^(sqlite:///|postgresql://).+",
        repr=False,
    )
    memory: bool = _setting(False, "Keep everything in memory: all is gone when BotArmy stops.", "true or false")
    bus_url: Annotated[str, AfterValidator(_bus)] = _setting(
        "auto",
        "What tells other servers that there is something new; auto is postgresql if that is the database, else local.",
        "auto, local, postgresql, or nats://host:4222, or tls://host:4222",
        repr=False,
    )
    auth: Annotated[Literal["auto", "on"], BeforeValidator(_lower)] = _setting(
        "auto",
        "Who has to sign in: on is everybody; auto is nobody while only this machine reaches BotArmy.",
        "auto or on",
    )
    trusted_proxies: Annotated[tuple[Network, ...], BeforeValidator(split)] = _setting(
        (),
        "Reverse proxies that say truly whom they ask for; naming one makes everybody sign in.",
        "addresses, such as 127.0.0.1 or 10.0.0.0/8",
    )
    model: str = _setting(
        "auto",
        "The model of agents that name none; auto takes what has a key, else Ollama, else the offline demo.",
        "auto, demo, or a provider and a model such as openai-chat:gpt-5-mini",
        pattern=r"^(auto|demo|[^\s:]+:\S+)$",
    )
    custom: Annotated[tuple[Custom, ...], BeforeValidator(customs)] = _setting(
        (),
        "AI services of your own that speak OpenAI's chat completions.",
        "names (small letters, digits, hyphens) with addresses, such as lab=http://lab:8000/v1, or tables",
        max_length=32,
    )
    keyring: bool = _setting(False, "Look for keys of AI services in the system's keyring too.", "true or false")
    llm_max_attempts: int = _setting(
        3,
        "How often a model request is made in all when it fails in a way that may pass.",
        "a whole number from 1 to 10",
        ge=1,
        le=10,
    )
    llm_first_token_timeout: float = _seconds(30.0, "How long a model's answer may take to begin, in seconds.")
    llm_stream_timeout: float = _seconds(30.0, "How long a model may pause within its answer, in seconds.")
    llm_total_timeout: float = _seconds(300.0, "How long one whole answer of a model may take, in seconds.")
    llm_requests_per_minute: int = _setting(
        20,
        "How many requests a minute an AI service is sent, for each key; a lower limit of the service's own wins.",
        "a whole number from 1 to 999999999",
        ge=1,
        le=999_999_999,
    )
    llm_tokens_per_minute: int = _setting(
        40_000,
        "How many tokens a minute, of prompts and answers together, for each key.",
        "a whole number from 1 to 999999999",
        ge=1,
        le=999_999_999,
    )
    llm_rate_limits: Annotated[
        tuple[Annotated[ProviderLimit, BeforeValidator(provider_limit)], ...],
        BeforeValidator(split),
        AfterValidator(each_once),
    ] = _setting(
        (),
        "The limits of single AI services, as provider=requests/tokens; the others have the two above.",
        "limits of 1 or more, each provider once, such as openai=500/200000",
    )
    llm_max_output_tokens: int = _setting(
        16_384,
        "How many tokens one answer of a model may have; fewer where a minute allows fewer.",
        "a whole number from 1024 to 1000000",
        ge=1_024,
        le=1_000_000,
    )
    llm_cache: bool = _setting(
        False,
        "Answer the same question to the same model from memory instead of asking it again.",
        "true or false",
    )
    llm_prices: Annotated[
        tuple[Annotated[ModelPrice, BeforeValidator(model_price)], ...],
        BeforeValidator(split),
        AfterValidator(each_model_once),
    ] = _setting(
        (),
        "Prices of models in US dollars for a million tokens, as model=input/output; they win over the known ones.",
        "prices from 0 to 999999, each model once, such as openai-chat:qwen3:8b=0.25/2.00",
    )
    llm_cheaper_model: str | None = _setting(
        None,
        "The model offered when a budget is used up, to agents that have no cheaper one of their own.",
        "a provider and a model such as openai-chat:gpt-5-nano",
        pattern=r"^[^\s:]+:\S+$",
    )
    budget_run_usd: float | None = _dollars("What a project may spend before a person is asked, in US dollars.")
    budget_agent_usd: float | None = _dollars("What each agent may spend in a project before a person is asked.")
    budget_day_usd: float | None = _dollars("What all projects may spend in a day (UTC) before a person is asked.")
    demo_speed: float = _setting(
        1.0,
        "Multiplies every pause of the offline demo: 1 types like a model, 0 is as fast as it goes.",
        "a number from 0 to 100",
        ge=0,
        le=100,
        allow_inf_nan=False,
    )
    teams_dir: DirectoryPath | None = _setting(
        None,
        "A folder with team files of your own, beside the teams that ship; without it, teams in data_dir.",
        "a folder that exists",
    )
    save_programs: bool = _setting(
        False,
        "Let admins save teams over HTTP that name programs or servers: their tokens are then worth a shell.",
        "true or false",
    )
    concurrency: int = _setting(
        4, "How many agents work at the same time.", "a whole number from 1 to 256", ge=1, le=256
    )
    lease_seconds: float = _setting(
        10.0,
        "How long a worker that says nothing keeps its job, in seconds.",
        "a number from 1 to 3600",
        ge=1,
        le=3600,
    )
    heartbeat_seconds: float = _setting(
        10.0,
        "After how many silent seconds a connection gets a heartbeat; it ends when two are missed.",
        "a number from 0.1 to 300",
        ge=0.1,
        le=300,
    )
    connections_per_address: int = _setting(
        1_000,
        "How many live connections one address may hold; behind a proxy all have the proxy's.",
        "a whole number from 1 to 1000000",
        ge=1,
        le=1_000_000,
    )
    connections_per_user: int = _setting(
        1_000,
        "How many live connections one user may hold.",
        "a whole number from 1 to 1000000",
        ge=1,
        le=1_000_000,
    )
    compressed_connections: int = _setting(
        100,
        "How many live connections may be compressed at once; it takes some processor and memory for each, 0 is none.",
        "a whole number from 0 to 1000000",
        ge=0,
        le=1_000_000,
    )
    compact_seconds: float = _setting(
        60.0,
        "How long the pieces that a message was streamed in are kept once the whole message is, in seconds.",
        "a number from 60 to 31536000",
        ge=60,
        le=31_536_000,
        allow_inf_nan=False,
    )
    retention_days: int | None = _setting(
        None,
        "After how many days projects that have ended are deleted; without it, all are kept.",
        "a whole number from 1 to 36500",
        ge=1,
        le=36_500,
    )
    public_url: str | None = _setting(
        None,
        "The address under which people reach BotArmy, for links in what they are sent.",
        "an address that begins with https:// or http://, such as https://bots.example.org",
        pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$",
        max_length=2_000,
    )
    notify_webhook_url: str | None = _setting(
        None,
        "Where to post what needs a person and what has ended; it needs notify_webhook_secret.",
        "an address that begins with https:// or http://",
        pattern=r"^https?://[^\s/]\S*$",
        max_length=2_000,
    )
    notify_webhook_secret: str | None = _setting(
        None,
        "What signs those posts; it may be kept in a file that BOTARMY_NOTIFY_WEBHOOK_SECRET_FILE names.",
        "16 to 1000 characters without spaces",
        pattern=r"^\S+$",
        min_length=16,
        max_length=1_000,
        repr=False,
    )
    smtp_url: str | None = _setting(
        None,
        "The server that takes e-mails; it may be kept in a file that BOTARMY_SMTP_URL_FILE names.",
        "smtps://host:465, smtp://host:587 (STARTTLS), both with user:password@ before the host, "
        "or smtp+plain://host:25 (no TLS)",
        pattern=r"^smtps?://[^\s/]+/?$|^smtp\+plain://[^\s/@]+/?$",
        max_length=2_000,
        repr=False,
    )
    notify_email_to: Annotated[tuple[Mailbox, ...], BeforeValidator(split)] = _setting(
        (),
        "Who is sent an e-mail about what needs a person and what has ended; it needs smtp_url.",
        "up to 20 addresses, such as anna@example.org",
        max_length=20,
    )
    notify_email_from: Mailbox | None = _setting(
        None, "Whom those e-mails come from.", "an address, such as botarmy@example.org"
    )
    remind_after_hours: float = _setting(
        24.0,
        "After how many hours an open request is told of again, and then once a day.",
        "a number from 0.01 to 8760",
        ge=0.01,
        le=8_760,
        allow_inf_nan=False,
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = _setting(
        "info", "The least important lines that the log shows.", "debug, info, warning or error"
    )
    log_format: Annotated[Literal["auto", "console", "json"], BeforeValidator(_lower)] = _setting(
        "auto",
        "How log lines look; auto is console in a terminal and json elsewhere.",
        "auto, console or json",
    )
    allowed_hosts: Annotated[tuple[HostName, ...], BeforeValidator(split)] = _setting(
        (),
        "Further names under which browsers may reach BotArmy, beside localhost.",
        "host names, such as bots.local",
    )
    allowed_origins: Annotated[tuple[WebOrigin, ...], BeforeValidator(split)] = _setting(
        (),
        "Further sites whose pages may use BotArmy, beside its own.",
        "origins, such as http://localhost:3000",
    )
    open_browser: bool = _setting(False, "Open BotArmy in the browser once it has started.", "true or false")

    @property
    def teams_folder(self) -> Path | None:
        """Where team files of one's own are; it may still have to be made. None: they are kept nowhere."""
        return self.teams_dir or (None if self.memory else self.data_dir / "teams")

    @property
    def asks_for_tokens(self) -> bool:
        """Whether people have to sign in: always, unless this machine alone reaches the server, and nobody asked."""
        here = self.host.lower() == "localhost" or ipaddress.ip_address(self.host).is_loopback
        return self.auth == "on" or not here or bool(self.trusted_proxies)


def must_be(name: str) -> str:
    """What a setting must be: the end of the sentence “port must be …”."""
    return str(cast(Mapping[str, object], Settings.model_fields[name].json_schema_extra)["must"])
