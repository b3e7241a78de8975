"""How settings are read.

A value comes from the command line, else from the environment (`BOTARMY_<NAME>`), else from `botarmy.toml`,
else it is the default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from pydantic import ValidationError

from botarmy.redaction import BY_SHAPE, Redactor, secrets_in
from botarmy.settings.buses import is_nats, nats_address
from botarmy.settings.fields import Settings, default_data_dir, must_be
from botarmy.settings.services import Unusable, is_secret, key_in, read_services

FILE_NAME: Final = "botarmy.toml"
FILE_BYTES: Final = 256 * 1024
PREFIX: Final = "BOTARMY_"
SECRET_FILES: Final = ("notify_webhook_secret", "smtp_url", "database_url", "bus_url")
"""The settings that a file may hold, which the variable with `_FILE` at its end names."""
SECRETS: Final = ("notify_webhook_url", "notify_webhook_secret", "smtp_url")
"""The settings that are never shown whole: whoever knows one of them can use it."""
_USER: Final = re.compile(r"^(\w*:?/*).*@")
"""In an address, the user and the password, be it misspelt or not."""
Origin: TypeAlias = str
"""`command line`, `environment BOTARMY_PORT`, `botarmy.toml line 3` or `default`."""


class SettingsError(Exception):
    """The settings cannot be used. `faults` holds a sentence for each reason."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults: Final = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """The settings in force, and where each of them came from."""

    settings: Settings
    origins: Mapping[str, Origin]
    """One for each field of `settings`."""
    config_file: Path | None
    """The botarmy.toml that was read; None where there is none."""
    providers: Mapping[str, str] = field(repr=False)
    """The variables of AI services, by name: those of the environment, and keys from files and the keyring under the
    names that they would have there. `masked` makes them fit to show."""
    provider_origins: Mapping[str, Origin]
    """One for each of `providers`: `environment OPENAI_API_KEY`, `file /run/secrets/key` or `keyring`."""

    def shown(self) -> Iterator[tuple[str, str, Origin]]:
        """(name, value, origin) of each setting and provider variable, secrets masked."""
        for name, origin in self.origins.items():
            yield name, _shown(name, getattr(self.settings, name)), origin
        for name, value in self.providers.items():
            yield name, masked(name, value), self.provider_origins[name]

    def redactor(self, environ: Mapping[str, str]) -> Redactor:
        """Knows every secret of the environment, of files, of the keyring and in the addresses of the settings."""
        settings = {name: str(getattr(self.settings, name)) for name in self.origins}
        keys = {value for name, value in self.providers.items() if is_secret(name)}
        own = {str(value) for name in SECRETS if (value := getattr(self.settings, name)) is not None}
        if is_nats(self.settings.bus_url) and (token := nats_address(self.settings.bus_url).token) is not None:
            own.add(token)
        return Redactor(keys | own | secrets_in({**environ, **self.providers}) | secrets_in(settings))


def load(
    overrides: Mapping[str, object],
    environ: Mapping[str, str],
    config_file: Path | None = None,
    *,
    folder: Path | None = None,
) -> Loaded:
    """Put the settings together.

    Args:
        overrides: from the command line, by field; those that are None were not given.
        environ: the environment. Empty variables count as not set.
        config_file: the file to read; None looks for `botarmy.toml` in `folder`, then in the data folder.
        folder: where relative paths of the command line and the environment begin; None: the current one.

    Raises:
        SettingsError: with everything that is wrong.
    """
    folder = (folder or Path.cwd()).absolute()
    from_files, unreadable = _from_secret_files(environ, folder)
    given = [_from_command_line(overrides, folder), _from_environment(environ, folder), from_files]
    file, file_faults = _find_file(config_file, given, folder)
    file_faults += unreadable
    if file is not None:
        source, faults = _from_file(file)
        given.append(source)
        file_faults += faults
    values = {name: source[name] for source in reversed(given) for name in source}
    faults = [*file_faults, *_misspelt_variables(environ)]
    settings, wrong = _validate(values)
    services = read_services(environ, settings, folder)
    faults += [*services.faults, *wrong]
    if settings is None or faults:
        raise SettingsError(tuple(faults))
    return Loaded(
        settings=settings,
        origins=MappingProxyType(
            {name: values[name].origin if name in values else "default" for name in Settings.model_fields}
        ),
        config_file=file,
        providers=MappingProxyType({name: found.text for name, found in services.found.items()}),
        provider_origins=MappingProxyType({name: found.origin for name, found in services.found.items()}),
    )


def masked(name: str, value: str) -> str:
    """A provider's variable as it may be shown."""
    if not is_secret(name):
        return BY_SHAPE(value)
    return f"…{value[-4:]}" if len(value) >= 16 else "…"


# --- Sources ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Given:
    value: object
    origin: Origin


_Source: TypeAlias = dict[str, _Given]


def _from_command_line(overrides: Mapping[str, object], folder: Path) -> _Source:
    return {
        name: _Given(_absolute(name, value, folder), "command line")
        for name, value in overrides.items()
        if value is not None
    }


def _from_environment(environ: Mapping[str, str], folder: Path) -> _Source:
    variables = {name: PREFIX + name.upper() for name in Settings.model_fields}
    return {
        name: _Given(_absolute(name, environ[variable], folder), f"environment {variable}")
        for name, variable in variables.items()
        if environ.get(variable, "").strip()
    }


def _from_secret_files(environ: Mapping[str, str], folder: Path) -> tuple[_Source, list[str]]:
    """The secrets whose variable with `_FILE` at its end names a file."""
    source, faults = _Source(), []
    for name in SECRET_FILES:
        variable = f"{PREFIX}{name.upper()}_FILE"
        if not environ.get(variable, "").strip() or environ.get(PREFIX + name.upper(), "").strip():
            continue
        file = folder / Path(environ[variable]).expanduser()
        try:
            source[name] = _Given(key_in(file, variable), f"file {file}")
        except Unusable as fault:
            faults.append(str(fault))
    return source, faults


def _find_file(config_file: Path | None, given: list[_Source], folder: Path) -> tuple[Path | None, list[str]]:
    if config_file is not None:
        file = folder / config_file.expanduser()
        return (file, []) if file.is_file() else (None, [f"There is no file {file}."])
    chosen = next((source["data_dir"].value for source in given if "data_dir" in source), None)
    data_dir = Path(str(chosen)) if chosen else default_data_dir()
    candidates = (folder / FILE_NAME, data_dir / FILE_NAME)
    return next((file for file in candidates if file.is_file()), None), []


def _from_file(file: Path) -> tuple[_Source, list[str]]:
    try:
        with file.open("rb") as stream:
            raw = stream.read(FILE_BYTES + 1)
        if len(raw) > FILE_BYTES:
            return {}, [f"{file} is larger than {FILE_BYTES // 1024} KiB."]
        text = raw.decode("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        return {}, [f"{file} cannot be read: {error.strerror}."]
    except UnicodeDecodeError:
        return {}, [f"{file} is not text in UTF-8."]
    except tomllib.TOMLDecodeError as error:
        return {}, [f"{file} is not valid TOML: {error}."]
    source, faults = _Source(), []
    for name, value in values.items():
        origin = f"{file.name} line {_line_of(name, text)}"
        if name in Settings.model_fields:
            source[name] = _Given(_absolute(name, value, file.absolute().parent), origin)
        else:
            faults.append(f"There is no setting “{name}”{_suggestion(name)} ({origin}).")
    return source, faults


def _line_of(name: str, text: str) -> int:
    """Where a key or a table of this name begins; line 1 where that cannot be told."""
    begins = re.compile(rf"\s*\[*\s*[\"']?{re.escape(name)}[\"']?\s*[=.\]]")
    return next((number for number, line in enumerate(text.splitlines(), 1) if begins.match(line)), 1)


def _absolute(name: str, value: object, folder: Path) -> object:
    if name == "custom" and isinstance(value, dict):
        return {own: _with_key_file(table, folder) for own, table in value.items()}
    if name not in ("data_dir", "teams_dir") or not isinstance(value, str | Path):
        return value
    return folder / Path(value).expanduser()


def _with_key_file(table: object, folder: Path) -> object:
    if isinstance(table, dict) and isinstance(file := table.get("key_file"), str):
        return {**table, "key_file": folder / Path(file).expanduser()}
    return table


# --- Faults -------------------------------------------------------------------------------------------------


def _validate(values: Mapping[str, _Given]) -> tuple[Settings | None, list[str]]:
    try:
        settings = Settings(**{name: given.value for name, given in values.items()})
    except ValidationError as error:
        wrong = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors())
        return None, [_wrong(name, values[name]) for name in wrong if name in values]
    if settings.memory and "database_url" in values:
        return None, ["memory keeps nothing on disk, so it cannot be used together with database_url."]
    if settings.memory and settings.asks_for_tokens:
        return None, ["memory keeps nothing, tokens included, so it works only where nobody has to sign in."]
    return settings, list(_half_set_up(settings))


def _half_set_up(settings: Settings) -> Iterator[str]:
    """What is of no use without something else."""
    if (settings.notify_webhook_url is None) != (settings.notify_webhook_secret is None):
        yield "notify_webhook_url and notify_webhook_secret are of use together alone: set both, or neither."
    mail = (settings.smtp_url, settings.notify_email_to or None, settings.notify_email_from)
    if None in mail and any(mail):
        yield "E-mails need smtp_url, notify_email_to and notify_email_from: set all three, or none."
    if settings.bus_url not in ("auto", "local") and (settings.memory or settings.database_url.startswith("sqlite:")):
        yield "bus_url is for several servers, and those need a database_url that begins with postgresql://."


def _wrong(name: str, given: _Given) -> str:
    return (
        f"{name} must be {must_be(name)}. It is “{' '.join(_shown(name, given.value).split())[:80]}” ({given.origin})."
    )


def _misspelt_variables(environ: Mapping[str, str]) -> Iterator[str]:
    """A variable close to one of ours was meant for us; others with our prefix may have other readers."""
    files = {f"{PREFIX}{name.upper()}_FILE" for name in SECRET_FILES}
    for variable in sorted(environ.keys() - files):
        name = variable.removeprefix(PREFIX).lower()
        if variable.startswith(PREFIX) and name not in Settings.model_fields and _suggestion(name):
            yield f"There is no setting “{name}”{_suggestion(name)} (environment {variable})."


def _suggestion(name: str) -> str:
    close = get_close_matches(name.lower().replace("-", "_"), Settings.model_fields, n=1, cutoff=0.75)
    return f"; did you mean “{close[0]}”?" if close else ""


def _shown(name: str, value: object) -> str:
    """Of a secret: where it leads, where it is an address."""
    if name in ("database_url", "bus_url") and not str(value).startswith("sqlite:"):
        return _text(_USER.sub(r"\1…@", str(value)))
    if name not in SECRETS or value is None:
        return _text(value)
    scheme, _, rest = str(value).partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('/')[0]}/…" if rest else "…"


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | list):
        return BY_SHAPE(", ".join(map(str, value))) or "none"
    if isinstance(value, dict):
        return ", ".join(map(str, value))
    return BY_SHAPE(f"{value:g}" if isinstance(value, float) else str(value))
