"""Coming in and being shown out: tokens, cookies, connections, and what a server says where nobody has a token."""

from __future__ import annotations

import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from botarmy.client import Client, ClientError
from tests.acceptance.people import HELD_TEAM, Person, owner_of_the_machine, somebody, talking
from tests.acceptance.servers import ServerProcess

COOKIE = "botarmy_session"
WRONG = "botarmy_" + "x" * 40


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("access")
    (folder / "teams").mkdir()
    (folder / "teams" / "held.yaml").write_text(HELD_TEAM, encoding="utf-8")
    environ = {
        "BOTARMY_AUTH": "on",
        "BOTARMY_TRUSTED_PROXIES": "127.0.0.1",
        "BOTARMY_TEAMS_DIR": str(folder / "teams"),
    }
    process = ServerProcess(folder / "data", environ)
    process.start()
    yield process
    process.stop()


def signed_in(server: ServerProcess, person: Person) -> str:
    """The cookie, as a browser would send it."""
    there = {"x-forwarded-for": person.address}
    answer = httpx2.post(f"{server.url}/api/session", json={"token": person.token}, headers=there)
    return f"{COOKIE}={answer.cookies[COOKIE]}"


def who(server: ServerProcess, cookie: str) -> object:
    return httpx2.get(f"{server.url}/api/session", headers={"cookie": cookie}).json()["user"]


class TestSigningIn:
    def test_a_token_is_traded_for_a_cookie_that_no_script_and_no_other_site_can_use(
        self, server: ServerProcess
    ) -> None:
        anna = somebody(server, "anna", "member")
        answer = httpx2.post(f"{server.url}/api/session", json={"token": anna.token})
        cookie = answer.headers["set-cookie"].lower()
        assert answer.json() == {"required": True, "user": {"name": "anna", "role": "member"}}
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "path=/" in cookie
        assert "domain" not in cookie
        assert "secure" not in cookie
        assert str(anna.token) not in answer.headers["set-cookie"]

    def test_behind_tls_the_cookie_is_sent_over_tls_alone(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        headers = {"x-forwarded-proto": "https"}
        answer = httpx2.post(f"{server.url}/api/session", json={"token": anna.token}, headers=headers)
        assert "secure" in answer.headers["set-cookie"].lower()

    def test_the_cookie_reads_and_commands_until_one_signs_out(self, server: ServerProcess) -> None:
        cookie = signed_in(server, somebody(server, "anna", "member"))
        assert who(server, cookie) == {"name": "anna", "role": "member"}
        assert httpx2.get(f"{server.url}/api/runs", headers={"cookie": cookie}).status_code == 200
        left = httpx2.delete(f"{server.url}/api/session", headers={"cookie": cookie})
        assert f'{COOKIE}=""' in left.headers["set-cookie"]
        assert who(server, cookie) is None
        assert httpx2.get(f"{server.url}/api/runs", headers={"cookie": cookie}).status_code == 401

    def test_a_session_signs_in_nobody_else(self, server: ServerProcess) -> None:
        session = signed_in(server, somebody(server, "anna", "member")).partition("=")[2]
        assert httpx2.post(f"{server.url}/api/session", json={"token": session}).json()["code"] == "bad_token"
        assert Person(server, session).asks("GET", "/api/runs").status_code == 401

    @pytest.mark.parametrize("place", ["/api/runs?token={}", "/api/runs?access_token={}", "/api/runs?{}"])
    def test_a_token_in_an_address_is_no_token(self, server: ServerProcess, place: str) -> None:
        anna = somebody(server, "anna", "member")
        assert httpx2.get(server.url + place.format(anna.token)).json()["code"] == "not_signed_in"

    def test_nobody_is_told_whether_a_wrong_token_ever_was_one(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        owner_of_the_machine(server).asks("DELETE", f"/api/tokens/{anna.token_id}")
        there = {"x-forwarded-for": "192.0.2.1"}
        answers = [Person(server, sent).asks("GET", "/api/runs", headers=there) for sent in (anna.token, WRONG, "x")]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1


class TestOtherSites:
    @pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost"])
    def test_a_cookie_that_another_site_sends_along_does_nothing(self, server: ServerProcess, origin: str) -> None:
        cookie = signed_in(server, somebody(server, "anna", "member"))
        headers = {"cookie": cookie, "origin": origin}
        for method, path in (("POST", "/api/runs"), ("DELETE", "/api/session"), ("POST", "/api/session")):
            answer = httpx2.request(method, server.url + path, headers=headers, json={})
            assert answer.json()["code"] == "bad_origin"
        assert who(server, cookie) is not None

    async def test_a_connection_that_another_site_opens_with_the_cookie_is_closed(self, server: ServerProcess) -> None:
        cookie = signed_in(server, somebody(server, "anna", "member"))
        async with talking(server, {"type": "hello"}, cookie=cookie, origin="http://evil.example") as talk:
            assert await talk.closed() == 4502

    @pytest.mark.parametrize("path", ["/", "/api/session", "/api/runs", "/healthz"])
    def test_no_answer_is_for_other_sites_or_inside_their_frames(self, server: ServerProcess, path: str) -> None:
        headers = {"origin": "http://evil.example", "access-control-request-method": "GET"}
        for method in ("GET", "OPTIONS"):
            answer = httpx2.request(method, server.url + path, headers=headers)
            assert not [name for name in answer.headers if name.startswith("access-control-")]
            assert answer.headers["x-frame-options"] == "DENY"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"

    def test_what_is_somebodys_is_kept_by_no_browser(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        for path in ("/api/session", "/api/runs", f"/api/runs/{anna.starts()}", "/api/usage"):
            assert anna.asks("GET", path).headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/", "/api/session", "/api/runs", "/healthz"])
    def test_under_a_foreign_name_nothing_is_answered(self, server: ServerProcess, path: str) -> None:
        answer = httpx2.get(server.url + path, headers={"host": "evil.example"})
        assert answer.json()["code"] == "bad_host"


class TestConnections:
    async def test_nobody_is_let_in(self, server: ServerProcess) -> None:
        for hello in ({"type": "hello"}, {"type": "hello", "token": WRONG}):
            async with talking(server, hello) as talk:
                assert await talk.closed() == 4501

    async def test_a_browser_comes_in_with_its_cookie(self, server: ServerProcess) -> None:
        cookie = signed_in(server, somebody(server, "anna", "member"))
        async with talking(server, {"type": "hello"}, cookie=cookie, origin=server.url) as talk:
            assert await talk.hear("welcome")

    async def test_a_revoked_token_closes_its_connections_within_a_second(self, server: ServerProcess) -> None:
        anna, bob = somebody(server, "anna", "member"), somebody(server, "bob", "member")
        cookie = signed_in(server, anna)
        async with (
            anna.connected("runs") as own,
            talking(server, {"type": "hello"}, cookie=cookie) as browser,
            bob.connected("runs") as other,
        ):
            for talk in (own, browser, other):
                await talk.hear("welcome")
            owner_of_the_machine(server).asks("DELETE", f"/api/tokens/{anna.token_id}")
            began = time.monotonic()
            assert anna.asks("GET", "/api/runs").status_code == 401
            assert [await own.closed(), await browser.closed()] == [4005, 4005]
            assert time.monotonic() - began < 1
            await other.say({"type": "subscribe", "id": "1", "topics": ["runs"]})
            assert await other.hear("subscribed")
        async with anna.connected("runs", resume={"epoch": "any", "position": 0}) as again:
            assert await again.closed() == 4501

    async def test_an_expired_token_closes_its_connections(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member", expires_in=2)
        async with anna.connected("runs") as talk:
            assert await talk.hear("welcome")
            assert await talk.closed() == 4005
        assert anna.asks("GET", "/api/runs").status_code == 401

    async def test_signing_out_closes_the_connections_of_that_browser(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        here, there = signed_in(server, anna), signed_in(server, anna)
        async with (
            talking(server, {"type": "hello"}, cookie=here) as leaving,
            talking(server, {"type": "hello"}, cookie=there) as staying,
        ):
            await leaving.hear("welcome")
            await staying.hear("welcome")
            httpx2.delete(f"{server.url}/api/session", headers={"cookie": here})
            assert await leaving.closed() == 4005
            await staying.say({"type": "subscribe", "id": "1", "topics": []})
            assert await staying.hear("subscribed")


class TestStreams:
    def opened(self, person: Person, kind: str) -> Iterator[str]:
        """The lines of a stream on a run of the person's own that stays under way; the stream is there at the first."""
        run_id = person.starts()
        asked: dict[str, Any] = {"method": "GET", "url": f"/api/events?topics=run:{run_id}"}
        if kind == "AG-UI":
            body = {"threadId": run_id, "runId": "1", "messages": []}
            asked = {"method": "POST", "url": "/agui", "json": body}
        headers = {"authorization": f"Bearer {person.token}"}
        with (
            httpx2.Client(base_url=person.server.url, headers=headers, timeout=30) as client,
            client.stream(**asked) as response,
        ):
            assert response.status_code == 200, response.read()
            yield from response.iter_lines()

    @pytest.mark.parametrize("kind", ["events", "AG-UI"])
    def test_a_revoked_token_ends_its_streams_within_a_second(self, server: ServerProcess, kind: str) -> None:
        anna = somebody(server, "anna", "member")
        lines = self.opened(anna, kind)
        next(lines)
        owner_of_the_machine(server).asks("DELETE", f"/api/tokens/{anna.token_id}")
        began = time.monotonic()
        rest = "\n".join(lines)
        assert time.monotonic() - began < 1.2
        assert "not_signed_in" in rest

    def test_signing_out_ends_the_streams_of_that_browser(self, server: ServerProcess) -> None:
        cookie = signed_in(server, somebody(server, "anna", "member"))
        with httpx2.stream("GET", f"{server.url}/api/events?topics=runs", headers={"cookie": cookie}) as response:
            lines = response.iter_lines()
            next(lines)
            httpx2.delete(f"{server.url}/api/session", headers={"cookie": cookie})
            began = time.monotonic()
            list(lines)
        assert time.monotonic() - began < 1.2


class TestAttempts:
    def test_who_sends_many_wrong_tokens_waits_and_others_do_not(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        cookie = signed_in(server, anna)
        from_there = {"x-forwarded-for": "192.0.2.7"}
        codes = [Person(server, WRONG).asks("GET", "/api/runs", headers=from_there).json()["code"] for _ in range(7)]
        assert codes == ["bad_token"] * 5 + ["too_many_attempts"] * 2
        kept_out = anna.asks("GET", "/api/runs", headers=from_there)
        assert (kept_out.status_code, kept_out.json()["code"]) == (429, "too_many_attempts")
        assert int(kept_out.headers["retry-after"]) >= 1
        assert anna.asks("GET", "/api/runs", headers={"x-forwarded-for": "192.0.2.8"}).status_code == 200
        browser = httpx2.get(f"{server.url}/api/runs", headers={**from_there, "cookie": cookie})
        assert browser.status_code == 200

    def test_the_log_knows_of_them_and_holds_no_token(self, server: ServerProcess) -> None:
        anna = somebody(server, "anna", "member")
        signed_in(server, anna)
        sent = f"{WRONG[:-4]}yyyy"
        httpx2.post(f"{server.url}/api/session", json={"token": sent}, headers={"x-forwarded-for": "192.0.2.9"})
        log = server.log.read_text(encoding="utf-8")
        assert "signed_in" in log
        assert '"address": "192.0.2.9"' in log
        assert sent not in log
        assert str(anna.token) not in log


class TestTheCommandLine:
    def run(self, server: ServerProcess, *arguments: str) -> str:
        command = [sys.executable, "-m", "botarmy", "token", *arguments, "--data-dir", str(server.folder)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        return ended.stdout + ended.stderr

    async def test_it_makes_lists_and_revokes_tokens_beside_a_running_server(self, server: ServerProcess) -> None:
        said = self.run(server, "create", "--user", "dora", "--role", "viewer", "--expires", "30d")
        secret, token_id = said.splitlines()[0], said.split()[-1]
        async with Client(server.url, secret) as client:
            await client.runs()
            with pytest.raises(ClientError) as refusal:
                await client.start("A timer")
            assert refusal.value.code == "only_watching"
            listed = self.run(server, "list")
            assert f"{token_id}  dora" in listed
            assert secret not in listed
            assert "valid no more" in self.run(server, "revoke", token_id)
            with pytest.raises(ClientError) as refusal:
                await client.runs()
            assert refusal.value.code == "bad_token"

    def test_what_proves_it_can_be_read_by_the_folders_owner_alone(self, server: ServerProcess) -> None:
        assert stat.S_IMODE((server.folder / "server.json").stat().st_mode) == 0o600

    def test_a_name_that_is_none_is_refused_in_words(self, server: ServerProcess) -> None:
        assert "no name for a user" in self.run(server, "create", "--user", "Anna B", "--role", "viewer")
        assert "no span of time" in self.run(server, "create", "--user", "a", "--role", "viewer", "--expires", "soon")


def test_a_server_that_others_reach_says_how_the_first_token_is_made(tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", {"BOTARMY_HOST": "0.0.0.0"})
    server.start()
    try:
        assert httpx2.get(f"{server.url}/api/runs").json()["code"] == "not_signed_in"
        said = server.said()
        assert "botarmy token create" in said
        assert str(server.folder) in said
    finally:
        server.stop()


def test_tokens_made_before_the_start_hold_after_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    command = [sys.executable, "-m", "botarmy", "token", "create", "--user", "anna", "--role", "admin"]
    made = subprocess.run(
        [*command, "--data-dir", str(folder)], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    server = ServerProcess(folder, {"BOTARMY_AUTH": "on"})
    server.start()
    try:
        person = Person(server, made.splitlines()[0])
        assert person.asks("GET", "/api/tokens").status_code == 200
        cookie = signed_in(server, person)
    finally:
        server.stop()
    server.start()
    try:
        assert who(server, cookie) == {"name": "anna", "role": "admin"}
        assert person.token is not None
        assert person.token.encode() not in (folder / "botarmy.db").read_bytes()
    finally:
        server.stop()
