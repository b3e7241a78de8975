"""The log says what happened and no secret; the figures are those of one server."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from botarmy import telemetry
from botarmy.redaction import Redactor
from botarmy.telemetry import Committed, LogFormat, LogLevel, Metrics, Percentiles, Window, render_metrics

SECRETS = ["correct-horse-battery"]


@contextmanager
def log(
    format_: LogFormat = "json", level: LogLevel = "info", secrets: Sequence[str] = SECRETS
) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    undo = telemetry.configure(level, format_, Redactor(secrets), stream)
    try:
        yield stream
    finally:
        undo()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_its_time_in_utc() -> None:
    with log() as stream:
        telemetry.logger("service").info("run_started", run_id="r1", steps=5)
    (line,) = lines(stream)
    assert {
        "event": "run_started",
        "run_id": "r1",
        "steps": 5,
        "level": "info",
        "logger": "service",
    }.items() <= line.items()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", str(line["timestamp"]))


def test_auto_is_json_where_no_terminal_reads() -> None:
    with log("auto") as stream:
        telemetry.logger("service").info("run_started")
    assert lines(stream)[0]["event"] == "run_started"


def test_the_console_format_is_a_plain_line_without_colours_outside_a_terminal() -> None:
    with log("console") as stream:
        telemetry.logger("service").info("run_started", run_id="r1")
    assert "run_started" in stream.getvalue()
    assert "run_id=r1" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_lines_of_libraries_take_the_same_way() -> None:
    with log() as stream:
        logging.getLogger("uvicorn.error").warning("Closing %s", "socket")
    assert lines(stream)[0]["event"] == "Closing socket"
    assert lines(stream)[0]["logger"] == "uvicorn.error"


def test_lines_below_the_level_and_the_access_log_are_left_out() -> None:
    with log(level="info") as stream:
        telemetry.logger("service").debug("detail")
        logging.getLogger("uvicorn.access").info("GET /api/runs?q=what+a+person+searched")
        logging.getLogger("httpx2").info("HTTP Request: POST https://example.org")
    assert stream.getvalue() == ""


def test_what_people_and_agents_wrote_is_reduced_to_its_length() -> None:
    with log() as stream:
        telemetry.logger("api").info("refused", brief="a private plan", content="more of it", code="busy")
    assert "private" not in stream.getvalue()
    assert lines(stream)[0]["brief"] == "(14 characters)"
    assert lines(stream)[0]["code"] == "busy"


@pytest.mark.parametrize("format_", ["json", "console"])
def test_secrets_stay_out_even_of_exceptions(format_: LogFormat) -> None:
    with log(format_) as stream:
        try:
            raise RuntimeError("401 for correct-horse-battery at postgresql://bot:hunter22@db/x, Bearer abc.def.ghi")
        except RuntimeError:
            telemetry.logger("llm").exception("call_failed", key="sk-proj-abcdefghij0123456789")
    written = stream.getvalue()
    assert "RuntimeError" in written
    for secret in ("correct-horse", "hunter22", "abc.def.ghi", "abcdefghij0123456789"):
        assert secret not in written


def test_a_secret_is_found_in_the_form_that_a_line_of_json_gives_it() -> None:
    with log(secrets=['quo"ted\\secret']) as stream:
        telemetry.logger("llm").info("refused", detail={"said": 'quo"ted\\secret'})
    assert "secret" not in stream.getvalue()
    assert lines(stream)[0]["detail"] == {"said": "[removed]"}


def test_what_a_thread_dies_of_is_a_line_without_secrets() -> None:
    def die() -> None:
        raise RuntimeError("no entry with correct-horse-battery")

    with log() as stream:
        thread = threading.Thread(target=die)
        thread.start()
        thread.join()
    (line,) = lines(stream)
    assert line["event"] == "thread_crashed"
    assert "no entry with [removed]" in str(line["exception"])


@pytest.mark.parametrize("fault", [RuntimeError("no entry with correct-horse-battery"), ValueError()])
def test_what_python_itself_would_print_is_a_line_without_secrets(fault: Exception) -> None:
    class Broken:
        def __del__(self) -> None:
            raise fault

    with log() as stream:
        Broken()
        sys.excepthook(type(fault), fault, None)
    assert [line["event"] for line in lines(stream)] == ["error_left_behind", "crashed"]
    assert "correct-horse" not in stream.getvalue()


def test_a_line_that_cannot_be_written_says_so_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with log() as stream:
        logging.getLogger("uvicorn.error").warning("%d correct-horse-battery", "no number")
    assert lines(stream) == [{"event": "line_not_written", "logger": "uvicorn.error", "fault": "TypeError"}]
    assert capsys.readouterr().err == ""


def test_a_line_has_a_bound() -> None:
    with log("console") as stream:
        telemetry.logger("agents").info("noisy", output="x" * 200_000)
    assert len(stream.getvalue()) < telemetry.LINE_CHARACTERS + 100


def test_undoing_it_gives_logging_back_as_it_was() -> None:
    root = logging.getLogger()
    before = (list(root.handlers), root.level, logging.getLogger("httpx2").level)
    with log():
        assert root.handlers != before[0]
    assert (root.handlers, root.level, logging.getLogger("httpx2").level) == before


def test_references_are_short_and_differ() -> None:
    references = {telemetry.reference() for _ in range(200)}
    assert len(references) == 200
    assert all(re.fullmatch(r"[2-9a-hjkmnp-z]{8}", one) for one in references)


def test_figures_are_rendered_for_prometheus_and_belong_to_one_server() -> None:
    one, other = Metrics(), Metrics()
    one.events.labels(type="note").inc(3)
    one.commit_seconds.observe(0.003)
    one.jobs.labels(status="queued").set(2)
    text = render_metrics(one).decode()
    assert 'botarmy_events_appended_total{type="note"} 3.0' in text
    assert 'botarmy_commit_seconds_bucket{le="0.004"} 1.0' in text
    assert 'botarmy_jobs{status="queued"} 2.0' in text
    assert 'type="note"' not in render_metrics(other).decode()


class TestWindows:
    def test_percentiles_are_of_the_last_minute(self) -> None:
        now = [0.0]
        window = Window(lambda: now[0])
        assert window.percentiles() == Percentiles(count=0, p50=None, p95=None, p99=None)
        window.add(9)
        now[0] = 61
        for number in range(100):
            window.add(number / 1000)
        assert window.percentiles() == Percentiles(count=100, p50=50.0, p95=95.0, p99=99.0)

    def test_only_the_newest_samples_are_kept(self) -> None:
        window = Window(lambda: 0.0)
        for _ in range(Window.SAMPLES + 10):
            window.add(1)
        assert window.percentiles().count == Window.SAMPLES

    def test_a_commit_is_as_old_as_the_first_that_follows_a_position(self) -> None:
        committed = Committed()
        assert committed.since(0) is None
        committed.note(5)
        assert committed.since(5) is None
        assert committed.since(4) is not None
        assert committed.since(0) is None, "it may have been committed elsewhere, or long ago"
        for position in range(6, 6 + 3 * Committed.COMMITS):
            committed.note(position)
        assert committed.since(4) is None
        assert committed.since(5 + 3 * Committed.COMMITS - 1) is not None
