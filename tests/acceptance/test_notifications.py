"""People who do not look are told: by a real server, over power cuts, at a real receiver and a real mail server."""

from __future__ import annotations

import hashlib
import hmac
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.acceptance.conftest import StartServer
from tests.acceptance.servers import ServerProcess
from tests.notify.receivers import Letters, Post, Receiver, certificate, receiving, taking_mail

SECRET = "a-secret-of-the-receiver"
PUBLIC = "https://bots.example.org"
QUESTION = {"BOTARMY_MODEL": "demo:question"}


def by_webhook(receiver: Receiver) -> dict[str, str]:
    return {
        "BOTARMY_NOTIFY_WEBHOOK_URL": receiver.url,
        "BOTARMY_NOTIFY_WEBHOOK_SECRET": SECRET,
        "BOTARMY_PUBLIC_URL": PUBLIC,
        **QUESTION,
    }


def started(server: ServerProcess) -> str:
    answer = httpx2.post(f"{server.url}/api/runs", json={"brief": "A tip calculator"}, timeout=30)
    return str(answer.json()["run_id"])


def answer_all(server: ServerProcess, receiver: Receiver, first: Post) -> Post:
    """Answer each question as it is told; returns the notice of the end. What comes twice is answered once."""
    post, seen = first, set[str]()
    while post.json["type"] != "run.ended":
        if post.json["id"] in seen:
            post = receiver.next()
            continue
        seen.add(post.json["id"])
        request = post.json["request"]
        path = f"/api/runs/{post.json['run']['run_id']}/requests/{request['request_id']}"
        body = {"decision": "respond", "answer": request["options"][0]}
        assert httpx2.post(f"{server.url}{path}", json=body, timeout=30).is_success
        post = receiver.next()
    return post


def genuine(post: Post) -> bool:
    signed = post.headers["x-botarmy-timestamp"].encode() + b"." + post.body
    return post.headers["x-botarmy-signature"] == f"v1={hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()}"


def test_a_question_and_the_end_of_a_project_are_posted_and_signed(start_server: StartServer) -> None:
    with receiving() as receiver:
        server = start_server(**by_webhook(receiver))
        run_id = started(server)
        asked = receiver.next()
        ended = answer_all(server, receiver, asked)
    assert genuine(asked)
    assert genuine(ended)
    assert asked.json["type"] == "request.opened"
    assert asked.json["url"] == f"{PUBLIC}/projects/{run_id}"
    assert ended.json["run"]["status"] == "completed"
    assert asked.json["id"] != ended.json["id"]
    assert SECRET not in server.log.read_text()


def test_a_killed_server_sends_what_it_had_not_sent_yet(start_server: StartServer) -> None:
    with receiving() as receiver:
        receiver.answer = lambda _: 503
        server = start_server(**by_webhook(receiver))
        run_id = started(server)
        refused = receiver.next()
        server.kill()
        receiver.answer = lambda _: 204
        server.start()
        taken = receiver.next()
        assert taken.json == refused.json
        assert taken.json["run"]["run_id"] == run_id
        server.kill()
        server.start()
        ended = answer_all(server, receiver, taken)
    assert ended.json["type"] == "run.ended"


def test_letters_go_to_everyone_over_starttls(start_server: StartServer, tmp_path: Path) -> None:
    trusted = certificate(tmp_path)
    with taking_mail(Letters(tls=trusted.server, user=("bot", "hunter-two-22"))) as letters:
        server = start_server(
            BOTARMY_SMTP_URL=f"smtp://bot:hunter-two-22@localhost:{letters.port}",
            BOTARMY_NOTIFY_EMAIL_FROM="botarmy@example.org",
            BOTARMY_NOTIFY_EMAIL_TO="anna@example.org,ben@example.org",
            BOTARMY_PUBLIC_URL=PUBLIC,
            SSL_CERT_FILE=str(trusted.file),
            **QUESTION,
        )
        run_id = started(server)
        secure, to, letter = letters.next()
    assert secure
    assert to == ["anna@example.org", "ben@example.org"]
    assert "needs you: a question of Analyst" in letter["Subject"]
    assert f"{PUBLIC}/projects/{run_id}" in letter.get_content()
    assert "hunter-two-22" not in server.log.read_text()


def test_a_receiver_that_hangs_holds_up_no_project(start_server: StartServer, tmp_path: Path) -> None:
    with taking_mail(Letters(refuse={"EHLO": "421 busy", "HELO": "421 busy"})) as letters:
        server = start_server(
            BOTARMY_SMTP_URL=f"smtp+plain://localhost:{letters.port}",
            BOTARMY_NOTIFY_EMAIL_FROM="botarmy@example.org",
            BOTARMY_NOTIFY_EMAIL_TO="anna@example.org",
            BOTARMY_MODEL="demo",
        )
        runs = [started(server) for _ in range(3)]
        with httpx2.Client(base_url=server.url, timeout=30) as http:
            for run_id in runs:
                while (view := http.get(f"/api/runs/{run_id}").json())["ended_at"] is None:
                    pass
                assert view["outcome"] == "succeeded"


class TestNotifyTest:
    def ran(self, folder: Path, environ: Mapping[str, str], *more: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "botarmy", *(more or ("notify", "test"))],
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "BOTARMY_DATA_DIR": str(folder), **environ},
            capture_output=True,
            text=True,
            timeout=60,
            cwd=folder,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    def test_it_says_that_nothing_is_set_up(self, tmp_path: Path) -> None:
        code, said = self.ran(tmp_path, {})
        assert code == 1
        assert "Nobody would be told" in said

    def test_it_sends_a_test_through_each_channel_and_says_what_is_wrong(self, tmp_path: Path) -> None:
        with receiving() as receiver, taking_mail(Letters()) as letters:
            environ = {
                **by_webhook(receiver),
                "BOTARMY_SMTP_URL": f"smtp://bot:hunter-two-22@localhost:{letters.port}",
                "BOTARMY_NOTIFY_EMAIL_FROM": "botarmy@example.org",
                "BOTARMY_NOTIFY_EMAIL_TO": "anna@example.org",
            }
            code, said = self.ran(tmp_path, environ)
            post = receiver.next()
            _, shown = self.ran(tmp_path, environ, "config")
        assert code == 1
        assert "✓ webhook: the test was taken." in said
        assert "✗ email: The mail server offers no STARTTLS" in said
        assert (post.json["type"], genuine(post)) == ("test", True)
        for text in (said, shown):
            assert SECRET not in text
            assert "hunter-two-22" not in text
            assert "/hook" not in text

    @pytest.mark.parametrize(
        ("environ", "fault"),
        [
            ({"BOTARMY_NOTIFY_WEBHOOK_URL": "https://hooks.example.org"}, "set both, or neither"),
            ({"BOTARMY_NOTIFY_EMAIL_TO": "anna@example.org"}, "set all three, or none"),
            ({"BOTARMY_NOTIFY_WEBHOOK_SECRET": "short"}, "notify_webhook_secret must be 16 to 1000 characters"),
            ({"BOTARMY_SMTP_URL": "ftp://bot:hunter-two-22@host"}, "smtp_url must be smtps://"),
            ({"BOTARMY_NOTIFY_WEBHOOK_SECRET_FILE": "missing"}, "cannot be read"),
        ],
    )
    def test_what_is_half_set_up_or_wrong_is_refused_in_words(
        self, tmp_path: Path, environ: dict[str, str], fault: str
    ) -> None:
        code, said = self.ran(tmp_path, environ)
        assert code != 0
        assert fault in " ".join(said.split())
        assert "hunter-two-22" not in said
        assert "short" not in said.replace("shorter", "")

    def test_a_secret_may_be_kept_in_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "secret"
        file.write_text(f"{SECRET}\n", encoding="utf-8")
        file.chmod(0o600)
        with receiving() as receiver:
            environ: dict[str, Any] = by_webhook(receiver)
            del environ["BOTARMY_NOTIFY_WEBHOOK_SECRET"]
            environ["BOTARMY_NOTIFY_WEBHOOK_SECRET_FILE"] = str(file)
            code, said = self.ran(tmp_path, environ)
            assert (code, genuine(receiver.next())) == (0, True), said
