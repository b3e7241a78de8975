"""Whether BotArmy can work here: what is set up, what is missing, and what to do. Looks, and changes nothing."""

from __future__ import annotations

import os
import platform
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from botarmy.agents.demo import check_demo
from botarmy.bootstrap.buses import bus_finding
from botarmy.bootstrap.ownership import is_owned, published
from botarmy.domain.errors import BotArmyError, DomainError
from botarmy.domain.team import DEMO, is_demo
from botarmy.llm.choice import choose
from botarmy.llm.models import check_model
from botarmy.ports import Finding
from botarmy.settings import Loaded, Settings, masked
from botarmy.store import schema
from botarmy.store.failures import translation
from botarmy.store.sql import is_postgres, sqlite_path
from botarmy.teams import load_teams

MIB: Final = 1024 * 1024
LITTLE_SPACE: Final = 1024 * MIB
NO_SPACE: Final = 50 * MIB


def diagnose(loaded: Loaded, web: Path | None) -> list[Finding]:
    """Look at everything, in the order in which it is needed. `web` is the built page's folder, None without one."""
    settings = loaded.settings
    owned = not settings.memory and _is_owned(settings.data_dir)
    return [
        _python(),
        _settings(loaded),
        *_data_folder(settings),
        _database(settings, owned),
        bus_finding(settings),
        _port(settings, owned),
        _model(loaded),
        *_keys(loaded),
        *_teams(settings),
        _web(web),
    ]


def check_up(loaded: Loaded, model: str, web: Path | None) -> list[Finding]:
    """What can be told from inside a server that runs, without a key and without calling anybody."""
    problem = model_problem(model, loaded)
    detail = model if problem is None else f"{model}: {problem.message}"
    found = Finding("ok" if problem is None else "fail", "Model", detail, problem.action if problem else "")
    return [_settings(loaded), *_data_folder(loaded.settings), found, *_teams(loaded.settings), _web(web)]


def _python() -> Finding:
    """Older ones cannot install BotArmy."""
    return Finding("ok", "Python", f"{platform.python_version()} on {platform.system()}")


def _settings(loaded: Loaded) -> Finding:
    changed = sum(origin != "default" for origin in loaded.origins.values())
    where = f"from {loaded.config_file}" if loaded.config_file else "no botarmy.toml"
    return Finding("ok", "Settings", f"{where}; {changed} changed (botarmy config lists all)")


def _data_folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if settings.memory:
        yield Finding("ok", "Data folder", "none: everything is kept in memory")
        return
    there = next((parent for parent in (folder, *folder.parents) if parent.exists()), folder)
    if not os.access(there, os.W_OK | os.X_OK):
        yield Finding("fail", "Data folder", f"{there} is not writable", "Choose another one with --data-dir.")
        return
    yield Finding("ok", "Data folder", f"{folder}{'' if there == folder else ' (made at the first start)'}")
    free = shutil.disk_usage(there).free
    said = f"{free / MIB / 1024:.1f} GiB free" if free >= LITTLE_SPACE else f"{free // MIB} MiB free"
    if free >= LITTLE_SPACE:
        yield Finding("ok", "Disk space", said)
    else:
        yield Finding("warn" if free >= NO_SPACE else "fail", "Disk space", said, "Make room on this disk.")


def _is_owned(folder: Path) -> bool:
    try:
        return is_owned(folder)
    except BotArmyError:
        return False


def _database(settings: Settings, owned: bool) -> Finding:
    if settings.memory:
        return Finding("ok", "Database", "in memory")
    if owned:
        return Finding("ok", "Database", "in use by the server that runs")
    try:
        if is_postgres(settings.database_url):
            return _postgres(settings.database_url)
        path = sqlite_path(settings.database_url)
        if path is None or not path.exists():
            return Finding("ok", "Database", "made at the first start")
        return _tables(f"{path}", _revision(path))
    except (BotArmyError, OSError) as error:
        return Finding("fail", "Database", f"{error}", "Restore it from a backup, or choose another --data-dir.")


def _postgres(url: str) -> Finding:
    from botarmy.store.postgres import found_revision  # noqa: PLC0415 - who has SQLite need not load it

    try:
        return _tables("PostgreSQL", found_revision(url))
    except DomainError as error:
        return Finding("fail", "Database", error.message, error.action)
    except BotArmyError as error:
        return Finding("fail", "Database", f"{error}", "Correct database_url, or see to the database's server.")


def _tables(where: str, revision: str | None) -> Finding:
    newest = schema.revisions()[-1]
    after = "" if revision in (newest, None) else f", brought to {newest} at the next start"
    return Finding("ok", "Database", f"{where} (tables at {revision or 'none yet'}{after})")


def _revision(path: Path) -> str | None:
    def opened() -> sqlite3.Connection:
        return sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)

    engine = create_engine("sqlite://", creator=opened, poolclass=StaticPool)
    try:
        with translation(), engine.connect() as conn:
            return schema.found(conn)
    finally:
        engine.dispose()


def _port(settings: Settings, owned: bool) -> Finding:
    if owned:
        server = published(settings.data_dir)
        return Finding("ok", "Server", f"runs at {server.url if server else 'an unknown address'}")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            reason = f"{settings.host}:{settings.port} cannot be had: {error.strerror}"
            return Finding("fail", "Port", reason, f"Choose another one: botarmy serve --port {settings.port + 1}")
    return Finding("ok", "Port", f"{settings.port} is free")


def _model(loaded: Loaded) -> Finding:
    chosen = loaded.settings.model
    choice = choose(chosen, loaded.providers)
    model = choice.model
    why = f"auto: {choice.reason}" if choice.reason else loaded.origins["model"]
    problem = model_problem(model, loaded)
    if problem is not None:
        return Finding("fail", "Model", f"{model} ({why}): {problem.message}", problem.action)
    if is_demo(model):
        hint = "Set OPENAI_API_KEY, or another key, to have a model do the work." if choice.reason else ""
        shown = "offline demo" if model == DEMO else f"offline demo, showing {model.partition(':')[2]}"
        return Finding("warn" if hint else "ok", "Model", f"{shown} ({why})", hint)
    return Finding("ok", "Model", f"{model} ({why})")


def model_problem(model: str, loaded: Loaded) -> DomainError | None:
    """Why an agent of this model could not begin, as things are configured."""
    try:
        if is_demo(model):
            check_demo(model)
        else:
            check_model(model, loaded.providers)
    except DomainError as problem:
        return problem
    return None


def _keys(loaded: Loaded) -> Iterator[Finding]:
    for name, value in loaded.providers.items():
        origin = loaded.provider_origins[name]
        beside = "" if origin == f"environment {name}" else f" ({origin})"
        yield Finding("ok", name, f"{masked(name, value)}{beside}")


def _teams(settings: Settings) -> Iterator[Finding]:
    teams = load_teams(settings.teams_folder)
    yield Finding("ok" if teams.by_name else "fail", "Teams", ", ".join(teams.by_name) or "none can be read")
    for problem in teams.problems:
        yield Finding("warn", "Team file", problem.message, problem.action)


def _web(web: Path | None) -> Finding:
    if web is None:
        return Finding("warn", "Web UI", "not built: only the command line works", "In a checkout, run: make setup")
    return Finding("ok", "Web UI", str(web))
