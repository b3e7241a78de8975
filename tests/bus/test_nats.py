"""NATS as the bus: who may come in, what can be wrong with a server, and who else may say something there."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nkeys
import pytest
from nats.aio.client import Client

from botarmy.bus import carried
from botarmy.bus import nats as module
from botarmy.bus.carried import LineBroken
from botarmy.bus.nats import NatsLine
from botarmy.settings import nats_address
from tests.bus.ends import SECONDS, carrying, running
from tests.contracts.samples import new_id
from tests.nats_server import NatsServer
from tests.nats_server import running as server
from tests.notify.receivers import certificate

PASSWORD = "Opening-Hours-42"
GUARDED = f"""authorization: {{ users: [
  {{ user: ada, password: "{PASSWORD}" }},
  {{ user: deaf, password: "{PASSWORD}", permissions: {{ subscribe: {{ deny: "look" }} }} }},
  {{ user: mute, password: "{PASSWORD}", permissions: {{ publish: {{ deny: "look" }} }} }},
] }}"""


def line(url: str, subject: str = "look") -> NatsLine:
    return NatsLine(nats_address(url), subject)


async def refusal(url: str) -> str:
    """Why there is no line, in words that repeat no password."""
    with pytest.raises(LineBroken) as broken:
        async with line(url).open(lambda _: None):
            pass
    assert PASSWORD not in str(broken.value)
    return str(broken.value)


async def passes(one: NatsLine, other: NatsLine) -> None:
    async with carrying(one) as here, carrying(other) as there:
        subscription = there.subscribe("log")
        here.publish("log")
        assert await subscription.wait(SECONDS)


# --- Who may come in ----------------------------------------------------------------------------------------------


async def test_nobody_at_the_address_is_said_in_words() -> None:
    assert "onnect call failed" in await refusal("nats://127.0.0.1:1,127.0.0.1:2")


async def test_another_kind_of_server_is_said_in_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"220 mail.example ESMTP\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        assert "expecting INFO" in await refusal(f"nats://127.0.0.1:{listener.getsockname()[1]}")
        thread.join()


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert await refusal(f"nats://127.0.0.1:{listener.getsockname()[1]}") == "it does not answer"


@pytest.fixture(scope="module")
def guarded() -> Iterator[NatsServer]:
    with server(GUARDED) as started:
        yield started


@pytest.mark.parametrize("who", ["", "ada:Wrong-One-1@", "eve:Opening-Hours-42@", "token@"])
async def test_who_may_not_come_in_is_told_so(guarded: NatsServer, who: str) -> None:
    assert "uthorization" in await refusal(f"nats://{who}127.0.0.1:{guarded.port}")


async def test_a_user_with_the_right_password_comes_in(guarded: NatsServer) -> None:
    url = f"nats://ada:{PASSWORD}@127.0.0.1:{guarded.port}"
    await passes(line(url), line(url))


async def test_a_token_lets_in() -> None:
    with server(f'authorization: {{ token: "{PASSWORD}" }}') as guarded_by_token:
        url = f"nats://{PASSWORD}@127.0.0.1:{guarded_by_token.port}"
        await passes(line(url), line(url))


@pytest.mark.parametrize("user", ["deaf", "mute"])
async def test_a_user_who_may_not_hear_or_say_hints_is_no_use_and_that_is_said(guarded: NatsServer, user: str) -> None:
    async def used() -> None:
        async with line(f"nats://{user}:{PASSWORD}@127.0.0.1:{guarded.port}").open(lambda _: None) as wire:
            await wire.send(b"log")
            await asyncio.wait_for(wire.lost(), SECONDS)

    with pytest.raises(LineBroken, match="ermissions"):
        await used()


def signed(by: nkeys.KeyPair, subject: bytes, claims: dict[str, Any]) -> str:
    """A JSON web token as NATS has it."""

    def part(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

    body: dict[str, Any] = {"iss": by.public_key.decode(), "sub": subject.decode(), "iat": 1, "name": "test", **claims}
    body["jti"] = base64.b32encode(hashlib.sha256(json.dumps(body).encode()).digest()).decode().rstrip("=")
    head = part(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode())
    text = f"{head}.{part(json.dumps(body).encode())}"
    return f"{text}.{part(by.sign(text.encode()))}"


def key(kind: int) -> nkeys.KeyPair:
    return nkeys.from_seed(nkeys.encode_seed(hashlib.sha256(bytes([kind])).digest(), kind))


async def test_a_file_of_credentials_lets_in(tmp_path: Path) -> None:
    operator, account, user = (
        key(kind) for kind in (nkeys.PREFIX_BYTE_OPERATOR, nkeys.PREFIX_BYTE_ACCOUNT, nkeys.PREFIX_BYTE_USER)
    )
    unlimited = dict.fromkeys(("subs", "data", "payload", "imports", "exports", "conn", "leaf"), -1)
    of_operator = signed(operator, operator.public_key, {"nats": {"type": "operator", "version": 2}})
    of_account = signed(
        operator,
        account.public_key,
        {"nats": {"type": "account", "version": 2, "limits": {**unlimited, "wildcards": True}}},
    )
    of_user = signed(
        account, user.public_key, {"nats": {"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1}}
    )
    file = tmp_path / "user.creds"
    file.write_text(
        f"-----BEGIN NATS USER JWT-----\n{of_user}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
    )
    config = (
        f"operator: {of_operator}\nresolver: MEMORY\n"
        f"resolver_preload: {{ {account.public_key.decode()}: {of_account} }}\n"
    )
    with server(config) as known:
        url = f"{known.url}?credentials={file}"
        await passes(line(url), line(url))
        assert "uthorization" in await refusal(known.url)


async def test_a_file_of_credentials_that_is_not_there_is_said_in_words(guarded: NatsServer, tmp_path: Path) -> None:
    assert "No such file" in await refusal(f"{guarded.url}?credentials={tmp_path / 'gone.creds'}")


# --- Encryption ---------------------------------------------------------------------------------------------------


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[NatsServer]:
    certificate(tmp_path)
    config = f'tls: {{ cert_file: "{tmp_path / "certificate.pem"}", key_file: "{tmp_path / "key.pem"}" }}\n{GUARDED}'
    with server(config) as started:
        yield started


async def test_a_connection_is_encrypted_with_a_server_whose_certificate_is_trusted(
    encrypted: NatsServer, tmp_path: Path
) -> None:
    url = f"tls://ada:{PASSWORD}@localhost:{encrypted.port}?ca={tmp_path / 'certificate.pem'}"
    await passes(line(url), line(url))


async def test_a_certificate_that_is_not_trusted_or_of_another_host_is_refused(
    encrypted: NatsServer, tmp_path: Path
) -> None:
    assert "certificate verify failed" in await refusal(f"tls://ada:{PASSWORD}@localhost:{encrypted.port}")
    other = f"tls://ada:{PASSWORD}@127.0.0.1:{encrypted.port}?ca={tmp_path / 'certificate.pem'}"
    assert "certificate verify failed" in await refusal(other)


async def test_nothing_is_said_in_the_clear_where_encryption_is_wanted() -> None:
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b'INFO {"server_id": "x", "version": "2.9.10", "max_payload": 1048576}\r\n')
                said.append(connection.recv(10_000))

        thread = threading.Thread(target=answer)
        thread.start()
        words = await refusal(f"tls://ada:{PASSWORD}@127.0.0.1:{listener.getsockname()[1]}")
        thread.join()
    assert said == [b""]
    assert "secure connection" in words


async def test_a_file_of_authorities_that_is_none_is_said_in_words(guarded: NatsServer, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    assert await refusal(f"tls://127.0.0.1:{guarded.port}?ca={tmp_path / 'ca.pem'}")
    assert "No such file" in await refusal(f"tls://127.0.0.1:{guarded.port}?ca={tmp_path / 'gone.pem'}")


# --- Others on the subject ----------------------------------------------------------------------------------------


async def test_what_anybody_says_on_the_subject_harms_nobody(nats: NatsServer) -> None:
    subject = f"test.{new_id()}"
    stranger = Client()
    await stranger.connect(nats.url)
    async with carrying(line(nats.url, subject)) as bus:
        everything, last = bus.subscribe("log", "jobs", "withdrawn"), bus.subscribe("jobs")
        for message in (b"", b"\x00\xff" * 400_000, b"log " * 200_000, b"shutdown", *[b"x" * 101] * 5_000):
            await stranger.publish(subject, message)
        async with asyncio.timeout(SECONDS):
            while not await last.wait(0.1):  # in such a flood some hints are dropped
                await stranger.publish(subject, b"jobs", headers={"Reply": "please"}, reply="anywhere")
        await everything.wait(0)
        assert not await everything.wait(0)
    await stranger.close()


async def test_servers_of_another_log_are_not_heard(nats: NatsServer) -> None:
    here_on, there_on = f"test.{new_id()}", f"test.{new_id()}"
    async with (
        carrying(line(nats.url, here_on)) as here,
        carrying(line(nats.url, there_on)) as there,
        carrying(line(nats.url, there_on)) as beside,
    ):
        unheard, heard = here.subscribe("log"), beside.subscribe("log")
        there.publish("log")
        assert await heard.wait(SECONDS)
        assert not await unheard.wait(0)


# --- Servers that go ----------------------------------------------------------------------------------------------


async def test_a_server_that_is_not_there_at_the_start_is_waited_for_and_one_that_goes_is_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.05)
    with server() as nats:
        url = nats.url
        nats.stop()
        async with running(line(url)) as bus, running(line(url)) as other:
            for _ in range(2):
                subscription = bus.subscribe("jobs")
                bus.publish("jobs")
                assert await subscription.wait(0)
                nats.start()
                await bus.up()
                await other.up()
                heard = other.subscribe("withdrawn")
                bus.publish("withdrawn")
                assert await heard.wait(SECONDS)
                nats.stop()
                await bus.down()
                await other.down()


async def test_of_several_servers_any_that_is_there_does(nats: NatsServer) -> None:
    url = f"nats://127.0.0.1:1,127.0.0.1:{nats.port},127.0.0.1:2"
    await passes(line(url), line(url))


async def test_a_frozen_server_is_noticed_by_who_says_something_and_used_again_once_it_is_thawed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("SEND_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(module, name, 0.5)
    monkeypatch.setattr(carried, "FIRST_PAUSE", 0.05)
    with server() as nats:
        async with carrying(line(nats.url)) as bus:
            nats.freeze()
            bus.publish("log")
            await bus.down()
            nats.thaw()
            await bus.up()
