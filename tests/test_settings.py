"""Settings come from four places, say where from, and are refused with every reason at once."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from botarmy.settings import Loaded, Settings, SettingsError, load, must_be

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "botarmy.example.toml"
REFERENCE = ROOT / "docs/reference/settings.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path


def loaded(folder: Path, toml: str = "", **environ: str) -> Loaded:
    if toml:
        (folder / "botarmy.toml").write_text(toml, encoding="utf-8")
    return load({}, {"BOTARMY_DATA_DIR": str(folder / "data"), **environ}, folder=folder)


def faults(folder: Path, toml: str = "", **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as refused:
        loaded(folder, toml, **environ)
    return refused.value.faults


def test_without_any_source_the_defaults_are_in_force(folder: Path) -> None:
    of = load({}, {}, folder=folder)
    assert (of.settings.host, of.settings.port, of.settings.model) == ("127.0.0.1", 8000, "auto")
    assert set(of.origins.values()) == {"default"}
    assert of.origins.keys() == Settings.model_fields.keys()


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(folder: Path) -> None:
    (folder / "botarmy.toml").write_text("port = 1\nconcurrency = 2\n# here\nmodel = 'demo'\n", encoding="utf-8")
    environ = {"BOTARMY_PORT": "3", "BOTARMY_CONCURRENCY": "4"}
    of = load({"port": 5, "host": None}, environ, folder=folder)
    assert (of.settings.port, of.settings.concurrency, of.settings.model) == (5, 4, "demo")
    assert of.origins["port"] == "command line"
    assert of.origins["concurrency"] == "environment BOTARMY_CONCURRENCY"
    assert of.origins["model"] == "botarmy.toml line 4"
    assert of.origins["host"] == "default"


def test_the_file_is_looked_for_in_the_data_folder_too(folder: Path) -> None:
    (folder / "data/botarmy.toml").write_text("port = 7\n", encoding="utf-8")
    assert loaded(folder).settings.port == 7
    assert loaded(folder, "port = 8").settings.port == 8


def test_a_named_file_is_read_instead(folder: Path) -> None:
    (folder / "botarmy.toml").write_text("port = 1\n", encoding="utf-8")
    (folder / "other.toml").write_text("port = 2\n", encoding="utf-8")
    of = load({}, {}, Path("other.toml"), folder=folder)
    assert (of.settings.port, of.origins["port"]) == (2, "other.toml line 1")
    assert of.config_file == folder / "other.toml"


def test_a_named_file_that_is_missing_is_a_fault(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no file .*nowhere\.toml"):
        load({}, {}, Path("nowhere.toml"), folder=folder)


def test_values_of_the_environment_are_read_as_what_they_stand_for(folder: Path) -> None:
    of = loaded(
        folder,
        BOTARMY_MEMORY="true",
        BOTARMY_DEMO_SPEED="0",
        BOTARMY_ALLOWED_HOSTS="Bots.local, box:8000",
        BOTARMY_ALLOWED_ORIGINS="http://localhost:3000",
        BOTARMY_LOG_LEVEL="WARNING",
        BOTARMY_PORT="",
    ).settings
    assert (of.memory, of.demo_speed, of.log_level, of.port) == (True, 0.0, "warning", 8000)
    assert of.allowed_hosts == ("bots.local", "box:8000")
    assert of.allowed_origins == ("http://localhost:3000",)


def test_paths_begin_where_they_were_written_down(folder: Path) -> None:
    for place in ("teams", "data/teams"):
        (folder / place).mkdir()
    assert loaded(folder, BOTARMY_TEAMS_DIR="teams").settings.teams_dir == folder / "teams"
    (folder / "data/botarmy.toml").write_text("teams_dir = 'teams'", encoding="utf-8")
    assert loaded(folder).settings.teams_dir == folder / "data/teams"


def test_the_database_is_a_file_in_the_data_folder(folder: Path) -> None:
    assert loaded(folder).settings.database_url == f"sqlite:///{folder / 'data' / 'botarmy.db'}"


@pytest.mark.parametrize("written", ['"openai=500/200000, custom:box=9/8"', '["openai=500/200000", "custom:box=9/8"]'])
def test_limits_of_single_services_are_read_from_a_line_or_a_list(folder: Path, written: str) -> None:
    of = loaded(folder, f"llm_rate_limits = {written}")
    limits = [(limit.provider, limit.requests, limit.tokens) for limit in of.settings.llm_rate_limits]
    assert limits == [("openai", 500, 200_000), ("custom:box", 9, 8)]
    shown = {name: value for name, value, _ in of.shown()}
    assert shown["llm_rate_limits"] == "openai=500/200000, custom:box=9/8"


def test_settings_cannot_be_changed(folder: Path) -> None:
    with pytest.raises(ValidationError):
        loaded(folder).settings.__setattr__("port", 1)


def test_every_fault_is_listed_at_once(folder: Path) -> None:
    found = faults(
        folder,
        "prot = 1\ndemo_speed = -1\n",
        BOTARMY_PORT="99999",
        BOTARMY_TEAMS_DIR="nowhere",
        BOTARMY_LOG_FORMAT="xml",
        OPENAI_API_KEY="sk-abc\n",
    )
    assert found == (
        "There is no setting “prot”; did you mean “port”? (botarmy.toml line 1).",
        "OPENAI_API_KEY has a space or a line break in it: set it again without (environment OPENAI_API_KEY).",
        "port must be a whole number from 0 to 65535. It is “99999” (environment BOTARMY_PORT).",
        "demo_speed must be a number from 0 to 100. It is “-1” (botarmy.toml line 2).",
        f"teams_dir must be a folder that exists. It is “{folder / 'nowhere'}” (environment BOTARMY_TEAMS_DIR).",
        "log_format must be auto, console or json. It is “xml” (environment BOTARMY_LOG_FORMAT).",
    )


@pytest.mark.parametrize("host", ["example.org", "[::1]", "127.0.0.1:80", ""])
def test_only_addresses_are_listened_on(folder: Path, host: str) -> None:
    with pytest.raises(SettingsError, match="host must be an address of this machine"):
        load({"host": host}, {}, folder=folder)


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ({}, False),
        ({"host": "127.0.0.2"}, False),
        ({"host": "localhost"}, False),
        ({"host": "::1"}, False),
        ({"host": "0.0.0.0"}, True),
        ({"host": "192.168.1.4"}, True),
        ({"host": "::"}, True),
        ({"host": "192.168.1.4", "auth": "auto"}, True),
        ({"auth": "ON"}, True),
        ({"trusted_proxies": "127.0.0.1, 10.0.0.0/8"}, True),
    ],
)
def test_whoever_others_can_reach_asks_for_tokens(folder: Path, given: dict[str, object], asks: bool) -> None:
    assert load(given, {}, folder=folder).settings.asks_for_tokens is asks


def test_there_is_no_way_to_ask_for_none_where_others_can_reach_it(folder: Path) -> None:
    with pytest.raises(SettingsError, match="auth must be auto or on"):
        load({"host": "0.0.0.0", "auth": "off"}, {}, folder=folder)


def test_what_keeps_nothing_keeps_no_tokens(folder: Path) -> None:
    with pytest.raises(SettingsError, match="memory keeps nothing, tokens included"):
        load({"memory": True, "auth": "on"}, {}, folder=folder)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_each_address_of_this_machine_is_accepted(folder: Path, host: str) -> None:
    assert load({"host": host}, {}, folder=folder).settings.host == host


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "-1"),
        ("port", "eighty"),
        ("demo_speed", "nan"),
        ("demo_speed", "inf"),
        ("concurrency", "0"),
        ("lease_seconds", "0"),
        ("memory", "perhaps"),
        ("model", "gpt 5"),
        ("model", "gpt-5"),
        ("database_url", "mysql://host/db"),
        ("bus_url", "redis://host"),
        ("bus_url", "nats://"),
        ("allowed_origins", "localhost:3000"),
        ("allowed_origins", "http://localhost:3000/path"),
        ("allowed_hosts", "a host"),
        ("trusted_proxies", "proxy.example"),
        ("llm_requests_per_minute", "0"),
        ("llm_tokens_per_minute", "-40000"),
        ("llm_rate_limits", "openai"),
        ("llm_rate_limits", "openai=500"),
        ("llm_rate_limits", "openai=0/40000"),
        ("llm_rate_limits", "openai=20/-1"),
        ("llm_rate_limits", "=20/40000"),
        ("llm_rate_limits", "openai=20/many"),
        ("llm_rate_limits", "openai=20/40000, openai=30/40000"),
    ],
)
def test_a_wrong_value_is_refused_in_words(folder: Path, name: str, value: str) -> None:
    (fault,) = faults(folder, **{f"BOTARMY_{name.upper()}": value})
    assert fault == f"{name} must be {must_be(name)}. It is “{value}” (environment BOTARMY_{name.upper()})."


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        ("port = = 1", r"botarmy\.toml is not valid TOML: .*line 1"),
        ("[server]\nport = 1", r"There is no setting “server” \(botarmy\.toml line 1\)"),
        ("\n\nconcurency = 3", r"did you mean “concurrency”\? \(botarmy\.toml line 3\)"),
        ("x = '" + "a" * 300_000 + "'", "larger than 256 KiB"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(folder: Path, toml: str, fault: str) -> None:
    assert re.search(fault, "\n".join(faults(folder, toml)))


def test_a_file_that_is_no_text_is_refused(folder: Path) -> None:
    (folder / "botarmy.toml").write_bytes(b"\xff\xfe\x00")
    assert "is not text in UTF-8" in faults(folder)[0]


def test_a_misspelt_variable_is_pointed_out_and_a_foreign_one_is_left_alone(folder: Path) -> None:
    assert faults(folder, BOTARMY_PROT="1") == (
        "There is no setting “prot”; did you mean “port”? (environment BOTARMY_PROT).",
    )
    assert loaded(folder, BOTARMY_SOMETHING_ELSE="1").settings.port == 8000


def test_memory_and_a_database_exclude_each_other(folder: Path) -> None:
    (fault,) = faults(folder, "memory = true\ndatabase_url = 'sqlite:////tmp/x.db'")
    assert "memory keeps nothing on disk" in fault


def test_an_address_without_its_scheme_is_refused_for_a_provider(folder: Path) -> None:
    assert faults(folder, OPENAI_BASE_URL="localhost:11434/v1") == (
        "OPENAI_BASE_URL must begin with https:// or http:// (environment OPENAI_BASE_URL).",
    )


def test_what_is_shown_holds_no_secret(folder: Path) -> None:
    of = loaded(
        folder,
        OPENAI_API_KEY="sk-abcdefghijklmnop1234",
        OPENAI_BASE_URL="https://me:hunter22@host/v1",
    )
    shown = {name: (value, origin) for name, value, origin in of.shown()}
    assert shown["OPENAI_API_KEY"] == ("…1234", "environment OPENAI_API_KEY")
    assert shown["OPENAI_BASE_URL"][0] == "https://[removed]@host/v1"
    assert shown["port"] == ("8000", "default")
    assert "abcdefgh" not in repr(of)
    assert "hunter22" not in repr(of)


def test_a_short_key_is_hidden_whole(folder: Path) -> None:
    shown = {name: value for name, value, _ in loaded(folder, OPENAI_API_KEY="secret").shown()}
    assert shown["OPENAI_API_KEY"] == "…"


@pytest.mark.parametrize("begin", ["postgres://", "postgresql:/", "postgresql+psycopg://", "mysql://", ""])
def test_a_refused_value_does_not_show_its_password(folder: Path, begin: str) -> None:
    (fault,) = faults(folder, BOTARMY_DATABASE_URL=f"{begin}bot:hunter22@host/db")
    assert "hunter22" not in fault
    assert "@host/db" in fault


def test_a_database_is_shown_without_its_user_and_may_be_named_by_a_file(folder: Path) -> None:
    url = "postgresql://bot:p%40ss-hunter22@host/db"
    (folder / "address").write_text(f"{url}\n")
    (folder / "address").chmod(0o600)
    of = loaded(folder, BOTARMY_DATABASE_URL_FILE="address")
    assert of.settings.database_url == url
    shown = {name: text for name, text, _ in of.shown()}
    assert shown["database_url"] == "postgresql://…@host/db"
    assert "hunter22" not in repr(of.settings)
    assert "hunter22" not in of.redactor({})("it was p@ss-hunter22 and p%40ss-hunter22")


def test_the_example_file_loads_and_holds_the_defaults(folder: Path) -> None:
    of = load({}, {}, EXAMPLE, folder=folder)
    assert of.settings == load({}, {}, folder=folder).settings


def test_the_example_file_shows_every_setting_with_its_sentence() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    shown = re.findall(r"^# (.+)\n(?:# )?([a-z_]+) = .+$", text, re.MULTILINE)
    assert [name for _, name in shown] == list(Settings.model_fields)
    for sentence, name in shown:
        assert sentence.startswith(str(Settings.model_fields[name].description))


def test_the_example_file_still_loads_with_everything_in_force(folder: Path) -> None:
    (folder / "teams").mkdir()
    everything = re.sub(r"^# ([a-z_]+ = )", r"\1", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert tomllib.loads(everything).keys() == Settings.model_fields.keys()
    assert set(loaded(folder, everything).origins.values()) != {"default"}


def test_the_reference_page_has_a_row_for_every_setting() -> None:
    page = REFERENCE.read_text(encoding="utf-8")
    for row in rows():
        assert row in page, f"docs/reference/settings.md should have:\n{row}"
    assert len(re.findall(r"^\| `[a-z_]+` \|", page, re.MULTILINE)) == len(Settings.model_fields)


def rows() -> list[str]:
    return [
        f"| `{name}` | {_default(name)} | {info.description} | {must_be(name)} |"
        for name, info in Settings.model_fields.items()
    ]


def _default(name: str) -> str:
    described = {"data_dir": "your platform's user data folder", "database_url": "a file in `data_dir`"}
    value = Settings.model_fields[name].default
    if name in described:
        return described[name]
    if value in (None, ()):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
