"""The address of NATS: what it may say, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from botarmy.settings import SettingsError, load, nats_address

POSTGRES = "postgresql://ada@localhost/botarmy"


def test_an_address_is_one_server_or_several() -> None:
    assert nats_address("nats://localhost").servers == ("localhost:4222",)
    assert nats_address("nats://a:1,b.example:65535,[::1]:2").servers == ("a:1", "b.example:65535", "[::1]:2")
    assert not nats_address("nats://localhost/").encrypted
    assert nats_address("tls://localhost:4223").encrypted


def test_who_one_is_may_be_a_user_and_a_password_or_a_token() -> None:
    of = nats_address("tls://ada:p%40ss%2F1@a:1,b:2")
    assert (of.user, of.password, of.token, of.servers) == ("ada", "p@ss/1", None, ("a:1", "b:2"))
    of = nats_address("nats://s3cr%40t@a:1")
    assert (of.user, of.password, of.token) == (None, None, "s3cr@t")
    assert "s3cr" not in repr(of)


def test_files_and_the_subject_follow_a_question_mark() -> None:
    of = nats_address(
        "tls://a?subject=team.bots&credentials=/etc/a.creds&ca=/etc/ca.pem&cert=/etc/c.pem&key=/etc/k.pem"
    )
    assert (of.subject, of.credentials, of.ca) == ("team.bots", Path("/etc/a.creds"), Path("/etc/ca.pem"))
    assert (of.cert, of.key) == (Path("/etc/c.pem"), Path("/etc/k.pem"))
    assert nats_address("nats://a").subject == "botarmy"


@pytest.mark.parametrize(
    "url",
    [
        "nats://",
        "nats://ada:secret@",
        "nats://a:0",
        "nats://a:65536",
        "nats://a:port",
        "nats://a b",
        "nats://a,,b",
        "nats://a/path",
        "nats://a#fragment",
        "nats://a?subject=",
        "nats://a?subject=bots.*",
        "nats://a?subject=bots.>",
        "nats://a?subject=two words",
        f"nats://a?subject={'x' * 101}",
        "nats://a?cert=relative.pem",
        "nats://a?key=/etc/k.pem",
        "nats://a?reconnect=1",
        "nats://a?nothing",
        "wss://a",
        "kafka://a",
        "postgres",
    ],
)
def test_what_is_no_address_is_refused_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load({}, {"BOTARMY_BUS_URL": url, "BOTARMY_DATABASE_URL": POSTGRES}, folder=tmp_path)
    (fault,) = refused.value.faults
    assert fault.startswith("bus_url must be auto, local, postgresql, or nats://host:4222, or tls://host:4222. It is ")
    assert "secret" not in fault


@pytest.mark.parametrize("url", ["postgresql", "nats://localhost"])
@pytest.mark.parametrize("where", [{}, {"BOTARMY_MEMORY": "true"}])
def test_a_bus_for_several_servers_needs_a_database_for_several(
    tmp_path: Path, url: str, where: dict[str, str]
) -> None:
    with pytest.raises(
        SettingsError, match="bus_url is for several servers, and those need a database_url that begins"
    ):
        load({}, {"BOTARMY_BUS_URL": url, **where}, folder=tmp_path)


@pytest.mark.parametrize(("given", "meant"), [(None, "auto"), (" PostgreSQL ", "postgresql"), ("LOCAL", "local")])
def test_a_bus_is_named_by_a_word(tmp_path: Path, given: str | None, meant: str) -> None:
    environ = {"BOTARMY_DATABASE_URL": POSTGRES} | ({} if given is None else {"BOTARMY_BUS_URL": given})
    assert load({}, environ, folder=tmp_path).settings.bus_url == meant


@pytest.mark.parametrize("who", ["ada:Opening-Hours-42", "Opening-Hours-42"])
def test_the_secrets_of_an_address_are_shown_nowhere(tmp_path: Path, who: str) -> None:
    (tmp_path / "address").write_text(f"nats://{who}@localhost\n")
    (tmp_path / "address").chmod(0o600)
    environ = {"BOTARMY_BUS_URL_FILE": "address", "BOTARMY_DATABASE_URL": POSTGRES}
    loaded = load({}, environ, folder=tmp_path)
    shown = {name: value for name, value, _ in loaded.shown()}
    assert shown["bus_url"] == "nats://…@localhost"
    assert "Opening" not in repr(loaded.settings)
    assert loaded.redactor(environ)("It said Opening-Hours-42.") == "It said [removed]."
