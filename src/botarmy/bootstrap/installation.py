"""What runs here, for its admins to look at and to try. The settings are the only source: nothing is changed here."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

import anyio.to_thread

from botarmy.bootstrap.diagnosis import check_up
from botarmy.bootstrap.notifications import try_channels
from botarmy.bootstrap.page import web_folder
from botarmy.bootstrap.providers import SET_UP_WRONG, address_of, call_once, fault_of, known_providers, model_of
from botarmy.bootstrap.system import SystemClock
from botarmy.domain.errors import DomainError, Problem
from botarmy.domain.team import is_demo
from botarmy.llm.choice import Choice
from botarmy.llm.limiters import Limiters
from botarmy.llm.providers import Provider
from botarmy.notify import MailServer
from botarmy.ports import (
    TRIAL_SECONDS,
    ChannelInfo,
    ChannelsInfo,
    ChannelTrial,
    FolderInfo,
    KeyOrigin,
    KeySource,
    ModelInForce,
    ServerInfo,
    ServiceInfo,
    ServiceState,
    ServiceTrial,
    SettingInfo,
    SettingsInfo,
)
from botarmy.service import Trials
from botarmy.settings import Loaded, Settings, masked
from botarmy.store.sql import is_postgres, sqlite_path

FILES_MOST: Final = 10_000
"""So many files of the data folder are counted: it has a few."""


class LocalInstallation:
    """`ports.Installation` of the settings that a server was started with."""

    def __init__(self, loaded: Loaded, choice: Choice, limiters: Limiters, version: str) -> None:
        self._loaded: Final = loaded
        self._choice: Final = choice
        self._limiters: Final = limiters
        self._version: Final = version
        self._redact: Final = loaded.redactor(os.environ)
        self._trials: Final = Trials(time.monotonic)
        self._started_at: Final = SystemClock().now()
        self._began: Final = time.monotonic()

    # --- AI services -----------------------------------------------------------------------------------------

    @property
    def model(self) -> ModelInForce:
        settings, model = self._loaded.settings, self._choice.model
        return ModelInForce(
            model=model,
            setting=settings.model,
            reason=self._choice.reason,
            demo=is_demo(model),
            cheaper=settings.llm_cheaper_model,
        )

    def services(self) -> Sequence[ServiceInfo]:
        return [self._service(name, provider) for name, provider in known_providers(self._loaded).items()]

    def _service(self, name: str, provider: Provider) -> ServiceInfo:
        state, lacks = _state(provider, self._loaded)
        limits, asked = self._limiters.limits_of(f"{name}:any"), self._asked_by_itself(name)
        return ServiceInfo(
            name=name,
            state=state,
            lacks=lacks,
            key=_key(provider, self._loaded),
            address=masked(provider.address_variable, address_of(provider, self._loaded)),
            default_model=provider.default_model if asked is None else asked,
            names_model=asked is None and provider.default_model is None and name != "ollama",
            in_use=asked is not None,
            requests_per_minute=limits.requests,
            tokens_per_minute=limits.tokens,
        )

    def _asked_by_itself(self, name: str) -> str | None:
        """The model in force, where it is this service's: the one that a trial is about."""
        model = self._choice.model
        return model.removeprefix(f"{name}:") if model.startswith(f"{name}:") else None

    async def try_service(self, name: str, model: str | None) -> ServiceTrial:
        known = known_providers(self._loaded)
        if name not in known:
            raise DomainError("unknown_provider", provider=name[:40], known=", ".join(known))
        with self._trials.one(name):
            chosen = model or self._asked_by_itself(name)
            return await self._tried(name, f"{name}:{chosen}" if chosen else await model_of(self._loaded, name))

    async def _tried(self, name: str, model: str) -> ServiceTrial:
        try:
            async with asyncio.timeout(TRIAL_SECONDS):
                seconds = await call_once(self._loaded, model)
        except DomainError as error:
            return ServiceTrial(provider=name, model=model, seconds=None, problem=_in_words(error))
        except TimeoutError:
            return ServiceTrial(
                provider=name, model=model, seconds=None, problem=DomainError("model_timeout").problem()
            )
        return ServiceTrial(provider=name, model=model, seconds=round(seconds, 3), problem=None)

    # --- Settings and channels -------------------------------------------------------------------------------

    def settings(self) -> SettingsInfo:
        words = {name: field.description or "" for name, field in Settings.model_fields.items()}
        found = [
            SettingInfo(name=name, value=self._redact(value), origin=origin, description=words[name])
            for name, value, origin in self._loaded.shown()
            if name in words
        ]
        file = self._loaded.config_file
        return SettingsInfo(file=None if file is None else str(file), settings=found)

    def channels(self) -> ChannelsInfo:
        settings = self._loaded.settings
        return ChannelsInfo(
            channels=list(_channels(settings)),
            public_url=settings.public_url,
            remind_after_hours=settings.remind_after_hours,
        )

    async def try_channels(self) -> Sequence[ChannelTrial]:
        with self._trials.one("notifications"):
            tried = await try_channels(self._loaded)
        return [ChannelTrial(name=name, problem=problem) for name, problem in tried]

    # --- The server ------------------------------------------------------------------------------------------

    async def server(self) -> ServerInfo:
        findings = await anyio.to_thread.run_sync(check_up, self._loaded, self._choice.model, web_folder())
        return ServerInfo(
            version=self._version,
            python=platform.python_version(),
            database=_database(self._loaded.settings),
            folder=await anyio.to_thread.run_sync(_folder, self._loaded.settings),
            started_at=self._started_at,
            uptime_seconds=round(time.monotonic() - self._began, 1),
            findings=findings,
        )


def _state(provider: Provider, loaded: Loaded) -> tuple[ServiceState, str]:
    unusable = fault_of(provider, loaded)
    if unusable is not None:
        health, words = unusable
        return ("absent" if health == "absent" else "wrong"), words
    chosen = provider.key(loaded.providers) is not None or provider.address_variable in loaded.providers
    return ("set_up" if chosen else "unknown"), ""


def _key(provider: Provider, loaded: Loaded) -> KeyOrigin | None:
    found = provider.key(loaded.providers)
    if found is None:
        return None
    kind, _, name = loaded.provider_origins[found[0]].partition(" ")
    return KeyOrigin(source=cast(KeySource, kind), name=name)


def _in_words(error: DomainError) -> Problem:
    """As `botarmy providers test` says it: of what is set up wrong also the variable."""
    problem = error.problem()
    if error.code not in SET_UP_WRONG or error.detail is None:
        return problem
    return replace(problem, action=f"{problem.action} ({error.detail})")


def _channels(settings: Settings) -> Iterator[ChannelInfo]:
    if settings.notify_webhook_url is not None:
        yield ChannelInfo(name="webhook", to=[_host(settings.notify_webhook_url)], by=None)
    if settings.smtp_url is not None:
        server = MailServer.at(settings.smtp_url)
        yield ChannelInfo(name="email", to=settings.notify_email_to, by=f"{server.host}:{server.port}")


def _host(url: str) -> str:
    """Without user and password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def _database(settings: Settings) -> str:
    if not settings.memory and is_postgres(settings.database_url):
        return f"PostgreSQL, {_host(settings.database_url)}"
    path = None if settings.memory else sqlite_path(settings.database_url)
    return "SQLite, in memory" if path is None else f"SQLite, {path}"


def _folder(settings: Settings) -> FolderInfo | None:
    if settings.memory:
        return None
    folder = settings.data_dir
    return FolderInfo(path=str(folder), size_bytes=_size(folder), free_bytes=shutil.disk_usage(folder).free)


def _size(folder: Path) -> int:
    total = 0
    for file in islice((Path(place, name) for place, _, names in os.walk(folder) for name in names), FILES_MOST):
        with suppress(OSError):  # it is gone meanwhile
            total += file.lstat().st_size
    return total
