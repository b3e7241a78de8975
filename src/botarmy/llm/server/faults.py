"""What a provider may do wrong, by name: each fault turns the answer that would have come into one that fails.

A fault is written `<name>` or `<name>:<option>=<number>,…`, such as `429:retry-after=2` or `cut:after=20`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, isfinite
from types import MappingProxyType
from typing import Final, TypeAlias

from botarmy.llm.server.app import Asked
from botarmy.llm.server.players import agent_of, play
from botarmy.llm.server.replies import CHUNK_CHARACTERS, Call, Reply

CHARACTERS_PER_TOKEN: Final = 4
MOST: Final = 3_600.0
"""Of any option."""
FINE: Final = "ok"
"""In a script: this request is answered as it should be."""
_MIB: Final = 1024 * 1024
_PAGE: Final = "<!doctype html><title>Sign in</title><h1>Sign in to the network</h1>"
_BINARY: Final = "Here it is: \x00\x01\x02\x07\x08\x1b[31mred\x1b[0m \x7f\x85 \u202eback\u202c \ufffe \ufeffdone."
_SURROGATES: Final = "Half a smile: \ud83d and the other half: \ude00, never together."

Options: TypeAlias = Mapping[str, float]
Change: TypeAlias = Callable[[Reply], Reply]


class UnknownFault(ValueError):
    """A fault that is not written as one; the text is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class Fault:
    words: str
    """What the service does."""
    make: Callable[[Reply, Options], Reply]
    options: Options = field(default_factory=dict)
    """Its options with what they are where they are not given."""
    unset: Sequence[str] = ()
    """Options that may be left out altogether."""


def fault(written: str) -> Change:
    """What a written fault does to an answer. Raises UnknownFault, in words."""
    name, _, options = written.strip().partition(":")
    if name == FINE and not options:
        return _as_it_is
    found = FAULTS.get(name)
    if found is None:
        raise UnknownFault(f"There is no fault “{name[:40]}”. Known are: {', '.join(FAULTS)}.")
    known = (*found.options, *found.unset)
    given = dict(_option(name, pair, known) for pair in options.split(",")) if options else {}
    return partial(_made, found.make, {**found.options, **given})


@dataclass(slots=True, kw_only=True)
class FaultyPlay:
    """An `Answerer`: plays the five agents, and fails as scripted.

    Of the requests that are meant (those of `agent`, or all) each `every`-th fails, with the next of `faults` in turn.
    """

    faults: Sequence[Change]
    times: int | None = None
    """So many requests fail in all, then none; None: there is no end to it."""
    agent: str | None = None
    every: int = 1
    tokens_per_second: float = 0.0
    """How fast answers are written; 0: as fast as it goes."""
    meant: int = 0
    failed: int = 0

    def __call__(self, asked: Asked) -> Reply:
        pace = CHUNK_CHARACTERS / CHARACTERS_PER_TOKEN / self.tokens_per_second if self.tokens_per_second else 0.0
        reply = replace(play(asked), pace=pace)
        if not self.faults or (self.agent is not None and agent_of(asked) != self.agent):
            return reply
        self.meant += 1
        if self.meant % self.every or (self.times is not None and self.failed >= self.times):
            return reply
        change = self.faults[self.failed % len(self.faults)]
        self.failed += 1
        return change(reply)


def _as_it_is(reply: Reply) -> Reply:
    return reply


def _made(make: Callable[[Reply, Options], Reply], options: Options, reply: Reply) -> Reply:
    return make(reply, options)


def _option(fault_name: str, pair: str, known: Sequence[str]) -> tuple[str, float]:
    name, _, written = pair.partition("=")
    if name not in known:
        has = f"it has {' and '.join(known)}" if known else "it has none"
        raise UnknownFault(f"The fault “{fault_name}” has no option “{name[:40]}”: {has}.")
    try:
        value = float(written)
    except ValueError:
        value = -1.0
    if not (isfinite(value) and 0 <= value <= MOST):
        raise UnknownFault(f"{name} of the fault “{fault_name}” must be a number from 0 to {MOST:.0f}.")
    return name, value


# --- The faults ---------------------------------------------------------------------------------------------------


def _refused(status: int, code: str, kind: str, message: str) -> Callable[[Reply, Options], Reply]:
    """As OpenAI words it."""

    def make(_: Reply, options: Options) -> Reply:
        asked = options.get("retry-after")
        headers = {} if asked is None else {"retry-after": f"{asked:g}"}
        return Reply(status=status, error=code, error_type=kind, message=message, headers=headers)

    return make


def _instead(reply: Reply) -> Callable[[Reply, Options], Reply]:
    return lambda _reply, _options: reply


def _but(**changes: bool | str) -> Callable[[Reply, Options], Reply]:
    def make(reply: Reply, _: Options) -> Reply:
        return replace(reply, **changes)  # type: ignore[arg-type]  # fields by name, each with its own type

    return make


def _chunks(options: Options) -> int:
    """Chunks that hold so many tokens; the first one of a stream holds none."""
    return 1 + ceil(options["after"] * CHARACTERS_PER_TOKEN / CHUNK_CHARACTERS)


def _slow(reply: Reply, options: Options) -> Reply:
    return replace(reply, delay=options["seconds"])


def _stalled(reply: Reply, options: Options) -> Reply:
    return replace(reply, stall_after=_chunks(options))


def _cut(reply: Reply, options: Options) -> Reply:
    return replace(reply, cut_after=_chunks(options))


def _huge(_: Reply, options: Options) -> Reply:
    line = "All work and no end to it. "
    return Reply(text=line * ceil(options["megabytes"] * _MIB / len(line)))


_BROKEN_CALL: Final = Call(name="write_file", arguments='{"path": "docs/notes.md", "content": "never clos')

FAULTS: Final[Mapping[str, Fault]] = MappingProxyType(
    {
        "400": Fault(
            "does not take the request",
            _refused(400, "invalid_value", "invalid_request_error", "Invalid value: 'tools[0]'."),
        ),
        "401": Fault(
            "does not accept the key",
            _refused(401, "invalid_api_key", "invalid_request_error", "Incorrect API key provided: sk-local***key."),
        ),
        "402": Fault(
            "wants to be paid",
            _refused(402, "insufficient_credits", "insufficient_credits", "Insufficient credits. Add more to go on."),
        ),
        "403": Fault(
            "gives the key no right to this",
            _refused(403, "permission_denied", "invalid_request_error", "You have insufficient permissions."),
        ),
        "404": Fault(
            "does not have the model",
            _refused(404, "model_not_found", "invalid_request_error", "The model `gpt-none` does not exist."),
        ),
        "429": Fault(
            "limits how often it is asked",
            _refused(429, "rate_limit_exceeded", "requests", "Rate limit reached for gpt-5-mini."),
            unset=("retry-after",),
        ),
        "500": Fault(
            "has an error of its own",
            _refused(500, "server_error", "server_error", "The server had an error while processing your request."),
        ),
        "502": Fault("is behind a gateway that does not reach it", _instead(Reply(status=502, page="Bad Gateway"))),
        "503": Fault("is away", _refused(503, "server_error", "server_error", "Service Unavailable")),
        "504": Fault("is behind a gateway that waited too long", _instead(Reply(status=504, page="Gateway Timeout"))),
        "529": Fault("is overloaded", _refused(529, "overloaded_error", "overloaded_error", "Overloaded")),
        "quota": Fault(
            "has a quota that is used up",
            _refused(429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota."),
        ),
        "context": Fault(
            "finds the request too long for the model",
            _refused(
                400,
                "context_length_exceeded",
                "invalid_request_error",
                "This model's maximum context length is 8192 tokens. Your messages resulted in 9001 tokens.",
            ),
        ),
        "slow": Fault("begins to answer late", _slow, {"seconds": 60.0}),
        "stall": Fault("stops in the middle of an answer and says nothing more", _stalled, {"after": 5.0}),
        "cut": Fault("closes the connection in the middle of an answer", _cut, {"after": 5.0}),
        "reset": Fault("resets the connection before it answers", _but(reset=True)),
        "unfinished": Fault("ends an answer without saying why", _but(unfinished=True)),
        "malformed": Fault("sends a piece that cannot be read", _but(malformed=True)),
        "html": Fault("answers with a web page", _instead(Reply(page=_PAGE))),
        "filter": Fault("stops at a content filter", _instead(Reply(text="Well, ", finish="content_filter"))),
        "length": Fault("cuts an answer at its longest length", _but(finish="length")),
        "bad-call": Fault("calls a tool with broken JSON", _instead(Reply(calls=(_BROKEN_CALL,)))),
        "empty": Fault("answers with nothing", _instead(Reply())),
        "huge": Fault("answers with megabytes of text", _huge, {"megabytes": 10.0}),
        "binary": Fault("answers with control characters", _instead(Reply(text=_BINARY))),
        "surrogates": Fault("answers with halves of characters", _instead(Reply(text=_SURROGATES))),
    }
)
