"""Text without the secrets that it may hold: values that are known, and whatever has the shape of a key.

A known value is found as it is, and as JSON, a URL, HTML or base64 spell it. Of an unknown one there is the mark that
a service's keys begin with, or the place at which it stands, such as behind `Bearer`.

The time that it takes grows with the text's length and no faster, whatever the text is: a run of characters that a
pattern gives up on is not begun again within itself, or has a bound.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus, unquote

MASK: Final = "[removed]"
SECRET_CHARACTERS: Final = 8
"""A shorter value is no secret worth the name, and would be found inside other words."""
CONTENT_CHARACTERS: Final = 16
"""What agents and people write loses longer values alone: a password such as “changeme” may be a word of theirs."""

_SECRET_NAME: Final = re.compile(
    r"(?:KEY|KEY_ID|_TOKEN|_TOKEN_BEDROCK|_PASS|_PAT|CREDENTIALS?)$|SECRET|PASSWORD|PASSWD", re.IGNORECASE
)
_NO_SECRET_NAME: Final = re.compile(r"_(?:FILE|PATH|DIR|URL|SOCK)$", re.IGNORECASE)
_PASSWORD: Final = re.compile(r"://[^/\s:@]{0,256}:([^\s@]{1,1024})@")

# A mark begins a word, or follows what ends an escape: `\n` and `\u000a` of JSON, `%20` of a URL, a terminal's colour.
_ESCAPED: Final = r"(?<=\\[bfnrt])|(?<=\\u[0-9A-Fa-f]{4})|(?<=%[0-9A-Fa-f]{2})|(?<=\[\dm)|(?<=\[\d\dm)"
_BEGINS: Final = rf"(?:(?<![A-Za-z0-9])|{_ESCAPED})"
_SPACE: Final = r"(?:\s|%20|\+){1,8}"
_MARKS: Final = (
    "sk", "pk", "rk", "csk", "gsk", "xai", "pplx", "nvapi", "hf", "r8", "fw", "tgp", "npm", "glpat", "github_pat",
    "gho", "ghp", "ghr", "ghs", "ghu", "xapp", "xoxa", "xoxb", "xoxe", "xoxo", "xoxp", "xoxr", "xoxs",
)  # fmt: skip
"""What keys begin with, before a hyphen or an underscore."""


def _shape(pattern: str, *words: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """A text without one of `words`, in small letters, is not searched: most have none, and searching takes long."""
    return words, re.compile(pattern, re.VERBOSE)


# What is in the group `place` stays.
_SHAPES: Final = (
    _shape(  # but not sk-fading-circle, a name in a style sheet
        rf"{_BEGINS} (?:{'|'.join(_MARKS)})[-_] (?=[a-z_*-]{{0,64}}[A-Z0-9]) [A-Za-z0-9_*-]{{10,}}+",
        *(mark + hyphen for mark in _MARKS for hyphen in "-_"),
    ),
    _shape(  # our own tokens, and Google's, Amazon's with the secret behind it
        rf"""{_BEGINS} (?:
            botarmy_[A-Za-z0-9]{{20,}}+
          | (?:AIza|ya29\.|GOCSPX-)[A-Za-z0-9_-]{{16,}}+
          | (?:ABSK|bedrock-api-key-)[A-Za-z0-9+/=]{{24,}}+
          | A[KS]IA[A-Z0-9]{{12,}}+ (?: [\s:,;"'\\]{{1,8}} [A-Za-z0-9/+]{{40}} (?![A-Za-z0-9/+]) )?
        )""",
        "botarmy_", "aiza", "ya29.", "gocspx-", "absk", "bedrock-api-key-", "akia", "asia",
    ),
    _shape(r"-----BEGIN\ [A-Z\ ]{0,32}PRIVATE\ KEY-----[A-Za-z0-9+/=\s\\]*+", "private key"),
    _shape(
        rf"(?:(?<![A-Za-z0-9_-])|{_ESCAPED}) eyJ[A-Za-z0-9_-]{{8,}}+ \.[A-Za-z0-9_-]{{8,}}+ (?:\.[A-Za-z0-9_-]*+)?",
        "eyj",
    ),
    _shape(
        rf"(?P<place> \b(?i:bearer){_SPACE}) (?= [A-Za-z0-9][a-z._~+/-]{{0,100}}+[A-Z0-9]"
        r"| [a-z]{1,64}\.[a-z]{1,64}\.[a-z] ) [A-Za-z0-9._~+/-]{5,}+ =*+",
        "bearer",
    ),
    _shape(
        rf"(?P<place> \b(?i:basic){_SPACE}) (?=[A-Za-z0-9+/]{{0,100}}?[A-Z0-9+/]) [A-Za-z0-9+/]{{8,}}+ =*+", "basic"
    ),
    _shape(  # headers in a dictionary that was printed
        rf"""(?P<place> (?i: x-goog-api-key|x-api-key|api-key|(?<![-\w])authorization )
        ["'\\]{{0,8}} (?: [:=]\s?|,\s?b ) ["'\\]{{1,8}} (?: (?i:bearer|basic|token) {_SPACE} )? )
        [A-Za-z0-9][^\s"'\\]*+""",
        "api-key", "authorization",
    ),
    _shape(  # fields and settings whose value is no word
        r"""(?P<place> (?i: api[_-]?key|access[_-]?key|secret|token|password|passwd|credential )
        ["'\\]{0,8} \s? [:=] \s? ["'\\]{0,8} ) (?=[^\s"'\\]{0,64}?[0-9]) [A-Za-z0-9+/=_~!%$^*-]{12,}+ (?![(\[.])""",
        "key", "secret", "token", "passw", "credential",
    ),
    _shape(
        r"""(?P<place> [?&][A-Za-z_-]{0,32} (?i: key|token|secret|signature|password) =) [^\s&"'\\<>]{1,}+""", "?", "&"
    ),
    _shape(  # user and password of an address, or a user that is a token
        r"""(?P<place> ://)
        (?: [^/\s:@"']{0,256}:[^/\s@"']{1,512} | (?=[^/\s:@"'\d]{0,64}\d)[^/\s:@"']{8,512} ) (?=@)""",
        "://",
    ),
)  # fmt: skip
MARGIN: Final = 4 * 1024
"""A longer key is not seen whole where a text is cut."""
HEAD_CHARACTERS: Final = 12
"""By which known values are looked up."""


class Redactor:
    """Takes secrets out of text. Values shorter than `SECRET_CHARACTERS` are left out; the others are known for good.

    Args:
        secrets: the values that are known.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if len(secret) >= SECRET_CHARACTERS}
        self._spellings: Final = _longest_first(known)
        self._for_content: Final = _longest_first({secret for secret in known if len(secret) >= CONTENT_CHARACTERS})
        self._longest: Final = max(map(len, self._for_content), default=1)
        self._by_head: Final[dict[str, list[str]]] = {}
        for spelling in self._for_content:
            for length in range(1, HEAD_CHARACTERS + 1):
                self._by_head.setdefault(spelling[:length], []).append(spelling)

    def __call__(self, text: str) -> str:
        """For technical text: without what is known, and without what looks like a key."""
        for spelling in self._spellings:
            text = text.replace(spelling, MASK)
        lowered = text.lower()
        for words, shape in _SHAPES:
            if any(word in lowered for word in words):
                text = shape.sub(_removed, text)
        return text

    def head(self, text: str, characters: int) -> str:
        """The beginning of a technical text. What the cut leaves of a key goes with it: half a key has no shape."""
        if len(text) <= characters:
            return self(text)[:characters]
        return self(text[: characters + MARGIN])[:-MARGIN][:characters]

    def content(self, text: str) -> str:
        """For what agents and people wrote: without what is known, and otherwise as it is."""
        for spelling in self._for_content:
            text = text.replace(spelling, MASK)
        return text

    def content_bytes(self, raw: bytes) -> bytes:
        """`content` of a file."""
        for spelling in self._for_content:
            raw = raw.replace(spelling.encode(), MASK.encode())
        return raw

    def begun(self, text: str) -> int:
        """How many characters at the end of a text may be the beginning of a known value."""
        for at in range(max(0, len(text) - self._longest + 1), len(text)):
            possible = self._by_head.get(text[at : at + HEAD_CHARACTERS], ())
            if any(spelling.startswith(text[at:]) for spelling in possible):
                return len(text) - at
        return 0


class Sieve:
    """A text that comes in pieces, without known values, also where one is spread over pieces."""

    def __init__(self, redact: Redactor) -> None:
        self._redact: Final = redact
        self._held = ""

    def take(self, piece: str) -> str:
        """What can be shown by now. What may become a value is held back: less than the longest value has."""
        text = self._redact.content(self._held + piece)
        held = self._redact.begun(text)
        self._held = text[len(text) - held :]
        return text[: len(text) - held]

    def rest(self) -> str:
        """What is held back: no value came of it."""
        rest, self._held = self._held, ""
        return rest


def secrets_in(variables: Mapping[str, str]) -> set[str]:
    """The values of the variables that are named like secrets, and the passwords in addresses."""
    named = {
        value
        for name, value in variables.items()
        if _SECRET_NAME.search(name) and not _NO_SECRET_NAME.search(name) and "://" not in value
    }
    passwords = {password for value in variables.values() for password in _PASSWORD.findall(value)}
    return {*named, *passwords, *map(unquote, passwords)}


# --- Spellings ----------------------------------------------------------------------------------------------------


def _longest_first(secrets: Iterable[str]) -> tuple[str, ...]:
    """Each spelling of each secret; a longer one may hold a shorter one."""
    spellings = {spelling for secret in secrets for spelling in _spellings(secret)}
    return tuple(sorted(spellings, key=lambda spelling: (-len(spelling), spelling)))


def _spellings(secret: str) -> Iterator[str]:
    yield secret
    for ascii_only in (True, False):
        once = json.dumps(secret, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
    yield repr(secret)[1:-1]
    yield html.escape(secret)
    for in_url in (quote(secret), quote(secret, safe=""), quote_plus(secret)):
        yield in_url
        yield re.sub("%..", lambda code: code[0].lower(), in_url)
    yield from _in_base64(secret.encode("utf-8", "surrogatepass"))


def _in_base64(secret: bytes) -> Iterator[str]:
    """At each of the three places at which it can begin, without the characters that it shares with its neighbours."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + secret)
        own = coded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6].decode()
        yield own
        yield own.replace("+", "-").replace("/", "_")


def _removed(found: re.Match[str]) -> str:
    return found.groupdict().get("place", "") + MASK


BY_SHAPE: Final = Redactor()
"""Knows no values."""
