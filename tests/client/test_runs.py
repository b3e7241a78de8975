"""The views that a client folds are the same, whatever of finished messages was still there to be read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botarmy.client.cursor import Contradiction
from botarmy.client.items import Snapshot
from botarmy.client.runs import Runs
from botarmy.domain import codec
from botarmy.domain import events as e
from botarmy.domain.fold import fold
from botarmy.domain.views import RunView

FOLDER: Final = Path(__file__).parents[2] / "wire" / "samples"
SAMPLES: Final = [path for path in sorted(FOLDER.glob("*.json")) if path.stem != "misplaced-deltas"]
"""All but what no server writes."""
BEGUN: Final = FOLDER / "just-started.json"
STRETCHES: Final = st.lists(st.text("añ🎉\n", min_size=1, max_size=4), min_size=1, max_size=6)


@cache
def log_of(sample: Path) -> tuple[e.Event, ...]:
    told = json.loads(sample.read_text(encoding="utf-8"))["events"]
    return tuple(codec.decode(json.dumps(event), event["position"], event["version"]) for event in told)


def finished(log: Sequence[e.Event]) -> list[str]:
    return [event.metadata.message_id for event in log if isinstance(event.metadata, e.AgentResponse)]


def without_deltas(log: Sequence[e.Event], of: Sequence[str]) -> list[e.Event]:
    return [
        event for event in log if not isinstance(event.metadata, e.AgentDelta) or event.metadata.message_id not in of
    ]


def held(log: Sequence[e.Event]) -> RunView:
    run = fold(log)
    assert run is not None
    return run.view


def joined(view: RunView, rest: Sequence[e.Event]) -> RunView:
    """What a client has that begins with a view and hears the rest. Raises Contradiction where it misses something."""
    runs = Runs()
    runs.replace(Snapshot(f"run:{view.run_id}", view.position, view))
    for event in rest:
        runs.take(event)
    return runs[view.run_id]


def as_told(log: Sequence[e.Event], cut: int, compacted: Sequence[str]) -> RunView:
    """Of a client that had heard the first `cut` events when the deltas of some finished messages went."""
    return joined(held(log[:cut]), without_deltas(log[cut:], compacted))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_client_that_comes_back_to_a_sample_whose_deltas_are_gone_ends_with_its_view(
    sample: Path, data: st.DataObject
) -> None:
    log = log_of(sample)
    cut = data.draw(st.integers(1, len(log)))
    gone = data.draw(st.sets(st.sampled_from(finished(log)))) if finished(log) else set()
    assert as_told(log, cut, sorted(gone)) == held(log)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(texts=st.lists(STRETCHES, min_size=1, max_size=3), data=st.data())
def test_messages_that_are_written_side_by_side_and_compacted_in_any_order_look_the_same(
    texts: list[list[str]], data: st.DataObject
) -> None:
    log = [*log_of(BEGUN)[:1]]
    writing = {f"m{number}": list(pieces) for number, pieces in enumerate(texts)}
    said = dict.fromkeys(writing, "")
    while writing:
        message = data.draw(st.sampled_from(sorted(writing)))
        pieces = writing[message]
        if not pieces:
            del writing[message]
            log.append(_response(log[-1], message, said[message]))
            continue
        offset = data.draw(st.integers(0, len(said[message])))
        log.append(_delta(log[-1], message, offset, pieces[0]))
        said[message] = said[message][:offset] + pieces.pop(0)
    cut = data.draw(st.integers(1, len(log)))
    gone = data.draw(st.sets(st.sampled_from(sorted(said))))
    whole = held(log)
    assert as_told(log, cut, sorted(gone)) == whole
    texts_held = {message.message_id: message.text for message in whole.steps[0].messages}
    assert texts_held == said


def test_a_delta_behind_the_text_that_is_held_is_a_contradiction() -> None:
    log = [*log_of(BEGUN)[:1]]
    log.append(_delta(log[-1], "m", 0, "one"))
    with pytest.raises(Contradiction):
        joined(held(log), [_delta(log[-1], "m", 4, "two")])


def _after(event: e.Event, metadata: e.Metadata, content: str, version: int | None) -> e.Event:
    position = event.position + 3
    new = e.NewEvent(
        id=f"event-{position}",
        run_id=event.run_id,
        timestamp=f"2026-11-20T09:31:00.{position % 1000:03}Z",
        agent_name="Analyst",
        content=content,
        metadata=metadata,
    )
    return codec.decode(codec.encode(new), position, version)


def _delta(event: e.Event, message: str, offset: int, text: str) -> e.Event:
    said = e.AgentDelta(step="analyst", phase="work", attempt=1, message_id=message, channel="text", offset=offset)
    return _after(event, said, text, None)


def _response(event: e.Event, message: str, text: str) -> e.Event:
    said = e.AgentResponse(
        step="analyst",
        phase="work",
        attempt=1,
        message_id=message,
        started_at=f"2026-11-20T09:31:00.{int(message[1:]):03}Z",
        thinking="",
        finish="complete",
        model=None,
        usage=None,
    )
    return _after(event, said, text, 1)
