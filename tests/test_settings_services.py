"""Keys and addresses of AI services: where they are found, and what keeps BotArmy from starting."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from botarmy.settings import Loaded, SettingsError, load

KEY = "sk-abcdefghijklmnop1234"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def loaded(folder: Path, toml: str = "", **environ: str) -> Loaded:
    (folder / "botarmy.toml").write_text(toml, encoding="utf-8")
    return load({}, {"BOTARMY_DATA_DIR": str(folder / "data"), **environ}, folder=folder)


def faults(folder: Path, toml: str = "", **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, toml, **environ)
    return caught.value.faults


def key_file(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    file = folder / "key"
    file.write_bytes(content)
    file.chmod(mode)
    return file


def test_a_key_is_read_from_the_file_that_its_variable_names_and_shown_masked(folder: Path) -> None:
    key_file(folder, f"\n {KEY}\n".encode())
    of = loaded(folder, OPENAI_API_KEY_FILE="key")
    assert of.providers == {"OPENAI_API_KEY": KEY}
    assert ("OPENAI_API_KEY", "…1234", f"file {folder / 'key'}") in list(of.shown())
    assert KEY not in repr(of)
    assert of.redactor({"A_TOKEN": "of the environment"})(f"{KEY} of the environment") == "[removed] [removed]"


def test_the_variable_itself_wins_over_its_file(folder: Path) -> None:
    of = loaded(folder, MISTRAL_API_KEY="from-the-environment", MISTRAL_API_KEY_FILE="nowhere")
    assert of.providers == {"MISTRAL_API_KEY": "from-the-environment"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\xff\xfe\x00\x01", "holds something that is no key"),
        (b"sk-\x00abc", "holds something that is no key"),
        (b"x" * 1024 * 1024, "is larger than 16 KiB, so it is no key"),
        (b"sk-abc def", "has a space or a line break in it"),
        (b"sk-abc\nsk-def", "has a space or a line break in it"),
    ],
)
def test_a_file_without_a_usable_key_is_refused_in_words_that_do_not_show_it(
    folder: Path, content: bytes, words: str
) -> None:
    key_file(folder, content)
    (fault,) = faults(folder, ANTHROPIC_API_KEY_FILE="key")
    assert words in fault
    assert "sk-" not in fault


def test_a_file_that_is_missing_or_no_file_is_refused(folder: Path) -> None:
    assert "cannot be read: No such file" in faults(folder, GROQ_API_KEY_FILE="nowhere")[0]
    assert "is not a plain file" in faults(folder, GROQ_API_KEY_FILE=".")[0]


@pytest.mark.skipif(os.name != "posix", reason="other systems say by other means who may read a file")
def test_a_file_that_everyone_can_read_is_refused_but_for_a_containers_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = key_file(folder, KEY.encode(), 0o600 | stat.S_IROTH)
    (fault,) = faults(folder, OPENAI_API_KEY_FILE="key")
    assert fault.endswith(f"can be read by everyone on this machine: chmod 600 {file}.")
    monkeypatch.setattr("botarmy.settings.services.READABLE_BY_ALL", folder)
    assert loaded(folder, OPENAI_API_KEY_FILE="key").providers["OPENAI_API_KEY"] == KEY


class Held(KeyringBackend):
    priority = 1

    def __init__(self, is_missing: bool = False) -> None:
        self.is_missing = is_missing

    def get_password(self, service: str, username: str) -> str | None:
        if self.is_missing:
            raise NoKeyringError
        if username == "GROQ_API_KEY":
            raise KeyringLocked
        return KEY if (service, username) == ("botarmy", "OPENAI_API_KEY") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture
def restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("restored")
def test_the_keyring_is_asked_where_it_is_wanted_and_nothing_else_has_the_key(folder: Path) -> None:
    keyring.set_keyring(Held())
    assert loaded(folder).providers == {}
    environ = {"GROQ_API_KEY": "gsk_1"}
    of = loaded(folder, "keyring = true", **environ)
    assert of.providers == {"OPENAI_API_KEY": KEY, **environ}
    assert of.provider_origins["OPENAI_API_KEY"] == "keyring"
    assert faults(folder, "keyring = true") == (
        "keyring is on, and the system's keyring cannot be opened: unlock it first.",
    )


@pytest.mark.usefixtures("restored")
def test_a_system_without_a_keyring_is_told_in_words(folder: Path) -> None:
    keyring.set_keyring(Held(is_missing=True))
    (fault,) = faults(folder, "keyring = true")
    assert "this system has no keyring that can be used" in fault


def test_a_service_of_ones_own_is_a_text_or_a_table(folder: Path) -> None:
    key_file(folder, b"from-a-file")
    lines = loaded(folder, 'custom = ["lab=http://lab:8001/v1", "a-b=https://x/v1"]', CUSTOM_A_B_API_KEY="k")
    assert lines.providers == {
        "CUSTOM_LAB_BASE_URL": "http://lab:8001/v1",
        "CUSTOM_A_B_BASE_URL": "https://x/v1",
        "CUSTOM_A_B_API_KEY": "k",
    }
    table = '[custom.lab]\nbase_url = "http://lab:8001/v1"\nkey_variable = "LAB_KEY"\nkey_file = "key"'
    assert loaded(folder, table).providers["CUSTOM_LAB_API_KEY"] == "from-a-file"
    assert loaded(folder, table, LAB_KEY="mine").providers["CUSTOM_LAB_API_KEY"] == "mine"
    assert loaded(folder, BOTARMY_CUSTOM="lab=http://lab/v1").providers == {"CUSTOM_LAB_BASE_URL": "http://lab/v1"}


@pytest.mark.parametrize(
    "toml",
    [
        'custom = ["lab"]',
        'custom = ["Lab=http://lab/v1"]',
        'custom = ["lab=ftp://lab/v1"]',
        "custom = 7",
        '[custom.lab]\nkey = "sk-abcdefghijklmnop1234"',
        '[custom.lab]\nbase_url = "http://lab/v1"\nkey = "sk-abcdefghijklmnop1234"',
        'custom.lab = "http://lab/v1"',
    ],
)
def test_a_wrong_service_of_ones_own_is_refused_without_showing_a_key(folder: Path, toml: str) -> None:
    (fault,) = faults(folder, toml)
    assert fault.startswith("custom must be names")
    assert "sk-" not in fault


def test_an_address_with_a_password_is_shown_without_it(folder: Path) -> None:
    shown = list(loaded(folder, BOTARMY_CUSTOM="lab=http://me:hunter22@lab/v1").shown())
    assert not any("hunter22" in value for _, value, _ in shown)
