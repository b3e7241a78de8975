"""Secrets go from a text, and nothing else does; in a time that grows with the text and no faster."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botarmy.redaction import BY_SHAPE, MASK, Redactor, Sieve, secrets_in
from tests.planted import AWS_SECRET, KEYS, spellings

each_key = pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
PLACES = [
    "{}",
    "Incorrect API key provided: {}. Look into your settings.",
    "{{'authorization': 'Bearer {}'}}",
    "('{}', 401)",
    "x-api-key={}&more",
    "first line\\n{}\\nand more",
    '{{"error": "\\u000a{} is no key"}}',
    "%20{}%20",
    "\x1b[31m{}\x1b[0m",
    "https://host/v1?key={}",
]

VALUE = 'a "quoted"\\ välue/with+everything <&> 1'


# --- Shapes -------------------------------------------------------------------------------------------------------


@each_key
def test_a_key_of_every_services_shape_is_found_wherever_it_stands(key: str) -> None:
    for place in PLACES:
        left = BY_SHAPE(place.format(key))
        assert key[:12] not in left, place
        assert len(left) <= len(place) + len(MASK), place


@each_key
def test_a_key_is_found_in_a_text_that_was_wrapped(key: str) -> None:
    for wrap in (json.dumps, lambda text: json.dumps(json.dumps({"a": text})), repr, quote):
        assert key[:12] not in BY_SHAPE(wrap(f"What was sent:\n{key}\nwas refused."))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("key sk-abcdefghijkl0123456789.", f"key {MASK}."),
        ("Incorrect API key: sk-proj-********wxyZ.", f"Incorrect API key: {MASK}."),
        ("Authorization: Bearer abcdef123456", f"Authorization: Bearer {MASK}"),
        ("authorization: bearer abc.def.ghi", f"authorization: bearer {MASK}"),
        ("Proxy-Authorization: Basic bWU6cGFzcw==", f"Proxy-Authorization: Basic {MASK}"),
        ("{'x-api-key': 'a1b2', 'accept': '*/*'}", f"{{'x-api-key': '{MASK}', 'accept': '*/*'}}"),
        ("(b'x-goog-api-key', b'a1b2')", f"(b'x-goog-api-key', b'{MASK}')"),
        ("{'authorization': 'Bearer a1b2'}", f"{{'authorization': 'Bearer {MASK}'}}"),
        ("nats://me:pass@host:4222/x", f"nats://{MASK}@host:4222/x"),
        ("https://a1b2c3d4e5@host/x", f"https://{MASK}@host/x"),
        ("GET https://host/v1?api_key=abc&x=1", f"GET https://host/v1?api_key={MASK}&x=1"),
        (f"aws_secret_access_key={AWS_SECRET}", f"aws_secret_access_key={MASK}"),
        (f'"secretAccessKey": "{AWS_SECRET}"', f'"secretAccessKey": "{MASK}"'),
        (f"{KEYS['aws']}\n{AWS_SECRET}\n", f"{MASK}\n"),
        ("password = 'Tr0ub4dor-and-3'", f"password = '{MASK}'"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow/x+\nabc=\n-----END", f"{MASK}-----END"),
    ],
)
def test_a_secret_goes_and_its_surroundings_stay(text: str, left: str) -> None:
    assert BY_SHAPE(text) == left


# --- Known values -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", spellings(VALUE))
def test_a_known_value_is_found_however_it_is_spelled(spelling: str) -> None:
    spelled = spellings(VALUE)[spelling]
    left = Redactor([VALUE])(f"before {spelled} after")
    assert MASK in left
    assert len(left) <= len("before  after") + len(MASK) + 24  # quotes, and what base64 shares with its neighbours
    assert left.startswith("before ")
    assert left.endswith(" after")


@given(st.text("aé€?>/1 ", min_size=8, max_size=40), st.binary(max_size=5), st.binary(max_size=5))
def test_base64_of_any_value_is_found_in_the_middle_of_more(value: str, before: bytes, after: bytes) -> None:
    assert MASK in Redactor([value])(base64.b64encode(before + value.encode() + after).decode())


def test_of_two_known_values_the_longer_one_goes_whole() -> None:
    assert Redactor(["abcdefgh", "abcdefgh-ijkl"])("abcdefgh-ijkl abcdefgh") == f"{MASK} {MASK}"


def test_a_short_value_is_left_and_a_word_of_eight_letters_is_left_in_what_agents_write() -> None:
    redact = Redactor(["local", "changeme"])
    assert redact("local changeme") == f"local {MASK}"
    assert redact.content("local changeme") == "local changeme"


def test_what_agents_write_loses_known_values_alone() -> None:
    text = f"{KEYS['openai']} and {KEYS['anthropic']}, password = 'Tr0ub4dor-and-3'"
    redact = Redactor([KEYS["openai"]])
    left = f"{MASK} and {KEYS['anthropic']}, password = 'Tr0ub4dor-and-3'"
    assert redact.content(text) == left
    assert redact.content_bytes(b"\xff\x00" + text.encode()) == b"\xff\x00" + left.encode()


@pytest.mark.parametrize(
    "name",
    ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "LAB_KEY",
     "SECRET_KEY_BASE", "DB_PASSWORD", "PGPASSWORD", "GITHUB_PAT", "SMTP_PASS", "MAIL_CREDENTIALS"],
)  # fmt: skip
def test_whatever_is_named_like_a_key_is_a_secret(name: str) -> None:
    assert secrets_in({name: "wJalrXUtnFEMI"}) == {"wJalrXUtnFEMI"}


def test_addresses_give_their_passwords_as_they_are_and_as_they_are_meant() -> None:
    found = secrets_in({"BOTARMY_DATABASE_URL": "postgresql://bot:p%40ss-word@db/x", "A_KEY": "http://u:other@h"})
    assert found == {"p%40ss-word", "p@ss-word", "other"}


def test_what_is_not_named_like_a_key_is_none() -> None:
    named = ["HOME", "OPENAI_API_KEY_FILE", "SSH_AUTH_SOCK", "BOTARMY_LLM_TOKENS_PER_MINUTE", "COMPASS", "TOKENS",
             "BOTARMY_LLM_FIRST_TOKEN_TIMEOUT", "AWS_REGION"]  # fmt: skip
    assert secrets_in(dict.fromkeys(named, "wJalrXUtnFEMI")) == set()


# --- Pieces of a stream, and cuts ------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 200), max_size=12), st.booleans())
def test_a_known_value_is_found_wherever_a_stream_is_cut(cuts: list[int], in_json: bool) -> None:
    key = VALUE.ljust(40, "9")
    text = f"The key is {json.dumps(key) if in_json else key}, so it is: {key[:20]} and {key}"
    at = sorted({0, *(cut for cut in cuts if cut < len(text)), len(text)})
    redact, sieve = Redactor([key]), Sieve(Redactor([key]))
    shown = [sieve.take(text[begin:end]) for begin, end in pairwise(at)]
    assert "".join([*shown, sieve.rest()]) == redact.content(text)
    assert key not in "".join(shown)


def test_a_stream_without_a_known_value_is_shown_at_once() -> None:
    sieve = Sieve(Redactor([KEYS["openai"]]))
    assert [sieve.take("The answ"), sieve.take("er is sk-"), sieve.take("iing.")] == ["The answ", "er is ", "sk-iing."]
    assert Sieve(BY_SHAPE).take("sk") == "sk"


@each_key
def test_what_is_left_of_a_key_where_a_text_is_cut_goes_too(key: str) -> None:
    for room in range(len(key) + 2):
        text = "x " * 50 + key + " y" * 5_000
        head = Redactor().head(text, 100 + room)
        assert len(head) <= 100 + room
        assert head.startswith("x x x")
        assert key[:10] not in head


# --- What is no secret ---------------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    [
        *("the", "a", "key", "keys", "token", "tokens", "secret,", "password", "api", "Authorization:", "sk", "xoxb"),
        *("risk-assessment", "desk-job", "task_id", "sk-fading-circle", "AKIA", "eyJ", "x@y.example", "token=None"),
        *("http://127.0.0.1:8000/api/runs/0193", "ssh://git@host.example/x", "12:30", "2026-11-21", "a/b/c.py:42"),
        *('{"key": "value"}', "f(token)", "botarmy_events_appended_total", "run_id=r1", "C:\\new\\table", "%20"),
        "https://docs.example/page?topic=keys&page=2",
        "0193f8a1-5b7d-7f4a-8c8e-0b1d3f5a7c9e",
        "3f8a1c9e5b7d2f4a6c8e0b1d3f5a7c9e1b3d5f7a9c1e3b5d7f9a1c3e5b7d9f1a",
        "Each needs a bearer token; basic authentication, or Bearer tokens, will do.",
        "password: str, token: str | None = None, api_key=settings.key",
    ]
)


@given(st.lists(WORDS | st.from_regex(r"\A[A-Za-z]?[a-z]{0,12}[.,;:!?]?\Z"), max_size=30), st.sampled_from(" \n\t"))
def test_prose_and_identifiers_come_through_unchanged(words: list[str], space: str) -> None:
    text = space.join(words)
    assert BY_SHAPE(text) == text


def test_code_comes_through_unchanged() -> None:
    ours = Path(__file__).parents[1]
    folders = [ours / "src", ours / "web" / "src", ours / "docs" / "design", Path(asyncio.__file__).parent]
    sources = [file for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".ts", ".tsx", ".md")]
    changed = [
        line
        for file in sources
        for text in [file.read_text(encoding="utf-8")]
        if (left := BY_SHAPE(text)) != text
        for line, other in zip(text.splitlines(), left.splitlines(), strict=True)
        if line != other
    ]
    assert len(sources) > 300
    assert changed == []


# --- Time ---------------------------------------------------------------------------------------------------------

HOSTILE = [
    "sk-", "sk-a", "sk-----------", "://", "://a:", "://a:a", "://aaaaaaaaaaaaaaaaaaaa", "eyJ", "eyJaaaaaaaa-",
    "eyJaaaaaaaa.", "Bearer ", "bearer a", "bearer+", "Basic a", "basic ", "token=", "token='", "x-api-key:",
    "authorization=''''", "password:aaaaaaaaaaaa(", "?key", "&key=", "-----BEGIN ", "-----BEGIN PRIVATE KEY-----",
    "AKIA", "AKIAAAAAAAAAAAAAAAA ", "%20", "\\n", "\\u0000", "[1m", "a", "A1", " ", "\\", "'", "=", "-", "€",
]  # fmt: skip


@pytest.mark.parametrize("hostile", ["".join(f"{one} " * 9 for one in HOSTILE), *HOSTILE], ids=repr)
def test_twice_the_text_takes_about_twice_the_time_whatever_it_is(hostile: str) -> None:
    redact = Redactor([KEYS["openai"], "sk-sk-sk-sk-sk-sk-sk", "a" * 64 + "b"])

    def seconds(size: int) -> float:
        text = (hostile * (size // len(hostile) + 1))[:size]
        begun = time.process_time()
        redact(text)
        return time.process_time() - begun

    small = 16 * 1024
    assert min(seconds(8 * small) for _ in range(2)) < 24 * max(min(seconds(small) for _ in range(3)), 0.001)


def test_a_megabyte_of_the_worst_of_it_all_takes_about_eight_times_as_long_as_an_eighth() -> None:
    text = "".join(one * (1024 * 1024 // len(HOSTILE) // len(one)) for one in HOSTILE)

    def seconds(text: str) -> float:
        begun = time.process_time()
        BY_SHAPE(text)
        return time.process_time() - begun

    eighth = "".join(one * (128 * 1024 // len(HOSTILE) // len(one)) for one in HOSTILE)
    assert seconds(text) < 24 * min(seconds(eighth) for _ in range(2))
