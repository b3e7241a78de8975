"""The page about notifications: its receiver takes what BotArmy sends, and its example is what BotArmy sends."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from botarmy.notify.courier import FIRST_PAUSE, GIVE_UP_SECONDS, LONGEST_PAUSE
from botarmy.notify.desk import DAY, PROMPT_CHARACTERS
from botarmy.notify.mail import PORTS
from botarmy.notify.webhook import REFUSED_FOR_GOOD
from botarmy.settings import Settings
from tests.acceptance.servers import ServerProcess
from tests.docs.pages import DOCS, blocks, read
from tests.docs.shell import run_shell
from tests.notify.receivers import receiving

PAGE = DOCS / "how-to" / "be-told.md"
SECRET = "a-secret-of-the-reader"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def of(language: str) -> list[str]:
    return [block.text for block in blocks(PAGE) if block.language == language]


def test_the_receiver_of_the_page_takes_a_genuine_test_and_no_other(folder: Path) -> None:
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", of("python")[0]],
        env={**os.environ, "PORT": str(port), "BOTARMY_NOTIFY_WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as receiver:
        try:
            url = f"http://127.0.0.1:{port}/"
            _until_it_listens(port)
            test = of("sh")[0]
            variables = {"BOTARMY_NOTIFY_WEBHOOK_URL": url, "BOTARMY_PUBLIC_URL": "https://bots.example.org"}
            with pytest.raises(AssertionError, match="does not accept the signature"):
                run_shell(test, None, folder, **variables, BOTARMY_NOTIFY_WEBHOOK_SECRET=f"not-{SECRET}")
            said = run_shell(test, None, folder, **variables, BOTARMY_NOTIFY_WEBHOOK_SECRET=SECRET)
            assert "✓ webhook: the test was taken." in said
            assert receiver.stdout is not None
            heard = receiver.stdout.readline()
        finally:
            receiver.terminate()
    assert heard == "This is a test of BotArmy's notifications https://bots.example.org\n"


def _until_it_listens(port: int) -> None:
    for _ in range(100_000):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("the receiver of the page does not listen")


def test_the_body_on_the_page_has_the_shape_of_what_is_sent(tmp_path: Path) -> None:
    (shown,) = (json.loads(text) for text in of("json"))
    with receiving() as receiver:
        server = ServerProcess(
            tmp_path / "data",
            {
                "BOTARMY_NOTIFY_WEBHOOK_URL": receiver.url,
                "BOTARMY_NOTIFY_WEBHOOK_SECRET": SECRET,
                "BOTARMY_PUBLIC_URL": "https://bots.example.org",
                "BOTARMY_MODEL": "demo:question",
            },
        )
        server.start()
        try:
            brief = '{"brief": "Tip calculator"}'
            headers = "-H 'Content-Type: application/json'"
            run_shell(f"curl -s -X POST {server.url}/api/runs {headers} -d '{brief}'", None, tmp_path)
            sent = receiver.next().json
        finally:
            server.stop()
    assert _shape(sent) == _shape(shown)
    assert sent["text"] == shown["text"]


def _shape(value: Any) -> Any:
    return {name: _shape(inner) for name, inner in value.items()} if isinstance(value, dict) else type(value).__name__


def test_the_exports_name_settings() -> None:
    names = {line.split("=")[0].removeprefix("export BOTARMY_") for text in of("sh")[1:] for line in text.splitlines()}
    assert {name.removesuffix("_FILE").lower() for name in names} <= Settings.model_fields.keys()


def test_the_figures_are_those_of_the_code() -> None:
    text = " ".join(read(PAGE).split())
    assert (FIRST_PAUSE, LONGEST_PAUSE, GIVE_UP_SECONDS) == (5, 3_600, DAY)
    assert "after 5 seconds, 10, 20 and so on up to an hour apart, for a day" in text
    assert "`400`, `410`, `413`, `415` and `422`" in text
    assert {400, 410, 413, 415, 422} == REFUSED_FOR_GOOD
    assert f"up to {PROMPT_CHARACTERS:,} characters" in text
    for scheme, port in PORTS.items():
        (row,) = [line for line in read(PAGE).splitlines() if line.startswith(f"| `{scheme}://")]
        assert f"{port}" in row
