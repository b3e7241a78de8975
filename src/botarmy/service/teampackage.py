"""A team as one file: its YAML alone, or a zip of it and its instructions. What comes in is read within bounds."""

from __future__ import annotations

import zipfile
import zlib
from io import BytesIO
from typing import Final

from botarmy.domain.errors import DomainError
from botarmy.domain.teamfiles import INSTRUCTIONS_MOST, PACKED_BYTES, YAML_BYTES, Draft, instructions_fault

_ZIP: Final = b"PK"
_YAML: Final = (".yaml", ".yml")
_LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError)
"""What zipfile raises of damaged, encrypted and otherwise unusable archives."""


def pack(name: str, draft: Draft) -> tuple[bytes, str]:
    """The content of the file, and what its name ends with. Equal teams make equal files."""
    if not draft.instructions:
        return draft.yaml.encode(), "yaml"
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in ((f"{name}.yaml", draft.yaml), *sorted(draft.instructions.items())):
            entry = zipfile.ZipInfo(path, _LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, text)
    return file.getvalue(), "zip"


def unpack(content: bytes) -> Draft:
    """Raises DomainError `bad_team_package`."""
    if not content.startswith(_ZIP):
        return Draft(yaml=_text(content, "it"))
    members = _members(content)
    yaml = [path for path in members if path.endswith(_YAML)]
    if len(yaml) != 1:
        raise _refused("exactly one .yaml file stands in it")
    instructions = {path: text for path, text in members.items() if path != yaml[0]}
    for path, text in instructions.items():
        if fault := instructions_fault(path, text):
            raise _refused(fault)
    return Draft(yaml=members[yaml[0]], instructions=instructions)


def _members(content: bytes) -> dict[str, str]:
    """By path. What unpacks to more than it may is given up where it does, whatever it says of itself."""
    found: dict[str, str] = {}
    room = PACKED_BYTES
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > INSTRUCTIONS_MOST + 1:
                raise _refused("it holds too many files")
            for member in members:
                if member.filename in found or ("/" in member.filename and member.filename.endswith(_YAML)):
                    raise _refused("a file in it has a name that does not belong there")
                with archive.open(member) as part:
                    raw = part.read(min(room, YAML_BYTES) + 1)
                room -= len(raw)
                if room < 0 or len(raw) > YAML_BYTES:
                    raise _refused("it unpacks to more than a team may have")
                found[member.filename] = _text(raw, "a file in it")
    except _BROKEN:
        raise _refused("it is a damaged zip file, or one with a password") from None
    return found


def _text(raw: bytes, what: str) -> str:
    try:
        return raw.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise _refused(f"{what} is not text in UTF-8") from None


def _refused(reason: str) -> DomainError:
    return DomainError("bad_team_package", reason=reason)
