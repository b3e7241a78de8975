"""The variables of AI services, and their keys from where they are kept: the environment, a file, the keyring.

A key is what its variable holds, else what the file holds that the same variable with `_FILE` at its end names, else,
with the setting `keyring`, what the system's keyring holds for the service `botarmy` and the variable's name.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from botarmy.settings.fields import Settings

VARIABLES: Final = (
    "OPENAI_API_KEY", "OPENAI_BASE_URL",
    "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL",
    "GOOGLE_API_KEY", "GEMINI_API_KEY", "GOOGLE_GEMINI_BASE_URL",
    "GROQ_API_KEY", "GROQ_BASE_URL",
    "MISTRAL_API_KEY", "MISTRAL_BASE_URL",
    "OPENROUTER_API_KEY", "OPENROUTER_BASE_URL",
    "AWS_BEARER_TOKEN_BEDROCK", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE",
    "OLLAMA_API_KEY", "OLLAMA_BASE_URL",
)  # fmt: skip
"""Those of AI services that are used as they are."""
KEYRING_SERVICE: Final = "botarmy"
KEY_BYTES: Final = 16 * 1024
"""A larger file holds no key."""
READABLE_BY_ALL: Final = Path("/run/secrets")
"""Where containers find their secrets: readable by everyone inside, and by nobody else."""


def is_secret(name: str) -> bool:
    """Whether what a variable holds is never shown."""
    return name.endswith(("_KEY", "_TOKEN", "_KEY_ID", "_TOKEN_BEDROCK"))


@dataclass(frozen=True, slots=True)
class Found:
    text: str = field(repr=False)
    origin: str


@dataclass(frozen=True, slots=True)
class Services:
    found: Mapping[str, Found]
    """By variable."""
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for under a name."""

    name: str
    variable: str
    file: Path | None = None


def read_services(environ: Mapping[str, str], settings: Settings | None, folder: Path) -> Services:
    """Everything that is set, and a sentence for each thing that cannot be used.

    Args:
        settings: None where they cannot be used: then no keyring and no services of one's own are looked at.
        folder: where relative paths in the environment begin.
    """
    found: dict[str, Found] = {}
    faults: list[str] = []
    from_keyring = _Keyring() if settings is not None and settings.keyring else None
    for wanted in _wanted(settings):
        try:
            one = _read(wanted, environ, folder, from_keyring)
        except Unusable as fault:
            faults.append(str(fault))
        else:
            if one is not None:
                found[wanted.name] = one
    customs = () if settings is None else settings.custom
    found |= {f"{own.prefix}_BASE_URL": Found(own.base_url, "setting custom") for own in customs}
    return Services(found, tuple(dict.fromkeys(faults)))


class Unusable(Exception):
    """In words."""


def _wanted(settings: Settings | None) -> Iterator[_Wanted]:
    yield from (_Wanted(name, name) for name in VARIABLES)
    for own in () if settings is None else settings.custom:
        name = f"{own.prefix}_API_KEY"
        yield _Wanted(name, own.key_variable or name, own.key_file)


def _read(
    wanted: _Wanted, environ: Mapping[str, str], folder: Path, from_keyring: Callable[[str], str | None] | None
) -> Found | None:
    variable = wanted.variable
    if value := environ.get(variable):
        return _checked(value, variable, f"environment {variable}")
    if not is_secret(variable) and not is_secret(wanted.name):
        return None
    named = environ.get(f"{variable}_FILE")
    file = folder / Path(named).expanduser() if named else wanted.file
    if file is not None:
        return _checked(key_in(file, f"{variable}_FILE" if named else wanted.name), f"{file}", f"file {file}")
    value = from_keyring(variable) if from_keyring else None
    return _checked(value, f"{variable} in the keyring", "keyring") if value else None


def _checked(value: str, what: str, origin: str) -> Found:
    if re.search(r"\s", value):
        raise Unusable(f"{what} has a space or a line break in it: set it again without ({origin}).")
    if "_URL" in what and urlsplit(value).scheme not in ("http", "https"):
        raise Unusable(f"{what} must begin with https:// or http:// ({origin}).")
    return Found(value, origin)


def key_in(file: Path, named_by: str) -> str:
    """The key in a file, without the space around it."""
    bad = partial("The file {file} that {by} names {fault}.".format, file=file, by=named_by)
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unusable(bad(fault="is not a plain file"))
        if status.st_mode & stat.S_IRWXO and os.name == "posix" and READABLE_BY_ALL not in file.parents:
            raise Unusable(bad(fault=f"can be read by everyone on this machine: chmod 600 {file}"))
        with file.open("rb") as stream:
            raw = stream.read(KEY_BYTES + 1)
    except OSError as error:
        raise Unusable(bad(fault=f"cannot be read: {error.strerror}")) from error
    if len(raw) > KEY_BYTES:
        raise Unusable(bad(fault=f"is larger than {KEY_BYTES // 1024} KiB, so it is no key"))
    try:
        key = raw.decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Unusable(bad(fault="holds something that is no key")) from error
    if not key:
        raise Unusable(bad(fault="is empty"))
    if not key.replace("\n", "").replace("\t", "").replace("\r", "").isprintable():
        raise Unusable(bad(fault="holds something that is no key"))
    return key


class _Keyring:
    """The system's keyring, opened at the first question."""

    def __call__(self, variable: str) -> str | None:
        try:
            import keyring  # noqa: PLC0415 - an extra, and slow to load
            from keyring.errors import KeyringError, NoKeyringError  # noqa: PLC0415 - the same
        except ImportError as error:
            raise Unusable(
                "keyring is on, and what it needs is not installed: pip install 'botarmy[keyring]'."
            ) from error
        try:
            return keyring.get_password(KEYRING_SERVICE, variable)
        except NoKeyringError as error:
            raise Unusable(
                "keyring is on, and this system has no keyring that can be used: turn it off, or keep keys in files."
            ) from error
        except KeyringError as error:
            raise Unusable("keyring is on, and the system's keyring cannot be opened: unlock it first.") from error
