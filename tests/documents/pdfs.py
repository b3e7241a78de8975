"""PDFs of every kind, made here."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from io import BytesIO

from pypdf import PdfReader, PdfWriter


def pdf(*pages: str) -> bytes:
    """A page for each text; an empty one has none, like a scan."""
    contents = [f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1") if text else b"" for text in pages]
    return of_contents([(content, b"") for content in contents])


def bomb(size: int) -> bytes:
    """A page whose content is many times as large once it is unpacked."""
    packing, piece = zlib.compressobj(9), b"0" * 1_000_000
    packed = b"".join(packing.compress(piece) for _ in range(size // len(piece))) + packing.flush()
    return of_contents([(packed, b" /Filter /FlateDecode")])


def of_contents(contents: Sequence[tuple[bytes, bytes]]) -> bytes:
    """From the content of each page and what its dictionary says beside the length."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(contents)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(contents)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for at, (content, more) in enumerate(contents):
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * at} 0 R "
        objects.append(page.encode() + b"/Resources << /Font << /F1 3 0 R >> >> >>")
        objects.append(b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(content), more, content))
    out, offsets = BytesIO(), []
    out.write(b"%PDF-1.4\n")
    for number, body in enumerate(objects, 1):
        offsets.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    begin = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % offset for offset in offsets))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, begin))
    return out.getvalue()


def locked(content: bytes, password: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
    writer.encrypt(user_password=password, owner_password="owner", algorithm="RC4-128")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()
