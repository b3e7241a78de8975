"""What may be attached to a brief: how many files, how large, and which texts and names they are kept with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from botarmy.domain.attachment import Attachment, Kind
from botarmy.domain.codec import clean_text
from botarmy.domain.errors import DomainError

ATTACHED_MOST: Final = 10
ATTACHED_BYTES: Final = 10 * 1024 * 1024
"""Of one file as it is."""
TEXT_CHARACTERS: Final = 50_000
"""Of one file's text: the beginning of a longer one."""
ALL_CHARACTERS: Final = 100_000
"""Of all texts together: each call of each agent holds them."""
NAME_CHARACTERS: Final = 120
"""Of a name as it is shown; a longer one is shortened in its middle."""
GIVEN_NAME_CHARACTERS: Final = 1_000
_MARK: Final = "\ufeff"
"""Some editors begin a text with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file as it comes with the start of a run: its text was taken out before."""

    name: str
    text: str
    media_type: Kind = "text/plain"
    size: int | None = None
    """None: the text is all of the file."""
    cut: bool = False


def check_given(given: Sequence[Given]) -> tuple[Given, ...]:
    """As they are kept: with names and texts that can be shown and stored.

    Raises:
        DomainError: `too_many_attachments`, `attachment_too_large`, `attachment_empty`, `attachment_too_long` or
            `attachments_too_long`.
    """
    if len(given) > ATTACHED_MOST:
        raise DomainError("too_many_attachments", limit=ATTACHED_MOST)
    checked = tuple(map(_checked, given))
    if sum(len(one.text) for one in checked) > ALL_CHARACTERS:
        raise DomainError("attachments_too_long", limit=f"{ALL_CHARACTERS:,}")
    return checked


def kept(given: Given, sha256: str) -> Attachment:
    return Attachment(
        name=given.name,
        media_type=given.media_type,
        size=len(given.text.encode()) if given.size is None else given.size,
        characters=len(given.text),
        sha256=sha256,
        cut=given.cut,
    )


def in_order(attached: Sequence[Attachment], contents: Mapping[str, bytes]) -> bool:
    """Whether attachments of another server are within the bounds that hold here, and their texts are what they say."""
    return (
        len(attached) <= ATTACHED_MOST
        and sum(one.characters for one in attached) <= ALL_CHARACTERS
        and all(_in_order(one, contents.get(one.sha256)) for one in attached)
    )


def shown_name(name: str) -> str:
    """The last part of a path, on one line, without characters that are not seen or turn the text around."""
    last = clean_text(name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    seen = " ".join("".join(one if one.isprintable() else " " for one in last).split())
    if len(seen) <= NAME_CHARACTERS:
        return seen or "file"
    tail = NAME_CHARACTERS // 3
    return f"{seen[: NAME_CHARACTERS - tail - 1]}…{seen[-tail:]}"


def readable(text: str) -> str:
    """Storable, with one kind of line ends, without empty lines round it."""
    lines = clean_text(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    begin = next((at for at, line in enumerate(lines) if line.strip(f"{_MARK} \t\f")), len(lines))
    return "\n".join(lines[begin:]).lstrip(_MARK).rstrip()


def _checked(given: Given) -> Given:
    name, text = shown_name(given.name), readable(given.text)
    if (given.size or 0) > ATTACHED_BYTES:
        raise DomainError("attachment_too_large", name=name, limit_mib=ATTACHED_BYTES // 1024 // 1024)
    if not text:
        raise DomainError("attachment_empty", name=name)
    if len(text) > TEXT_CHARACTERS:
        raise DomainError("attachment_too_long", name=name, limit=f"{TEXT_CHARACTERS:,}")
    return Given(name=name, text=text, media_type=given.media_type, size=given.size, cut=given.cut)


def _in_order(one: Attachment, content: bytes | None) -> bool:
    if content is None or one.name != shown_name(one.name) or not 0 <= one.size <= ATTACHED_BYTES:
        return False
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    return len(text) == one.characters <= TEXT_CHARACTERS and text == readable(text) != ""
