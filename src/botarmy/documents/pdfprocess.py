"""Reads a PDF from its standard input and writes its text as JSON, under limits.

    python -I pdfprocess.py <MiB of memory> <seconds> <pid of the server> <pages> <characters>

It says `{"text", "more"}`, or `{"refused"}` with `damaged`, `locked` or `too_hard`. It imports nothing of BotArmy.
"""

from __future__ import annotations

import json
import sys
from io import BytesIO

RECURSION = 500


def bounded(memory_mib: int, seconds: int, parent: int) -> bool:
    """False where the server is gone. On Windows the server's own clock is the only bound."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return True
    served = True
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - for Linux alone
        import os  # noqa: PLC0415 - the same
        import signal  # noqa: PLC0415 - the same

        memory = memory_mib * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
        served = os.getppid() == parent
    return served


def answer(content: bytes, pages_most: int, characters_most: int) -> dict[str, object]:
    from pypdf import PdfReader  # noqa: PLC0415 - under the limits, like all that follows
    from pypdf.errors import DependencyError  # noqa: PLC0415 - the same

    try:
        pdf = PdfReader(BytesIO(content))
        if pdf.is_encrypted and not pdf.decrypt(""):
            return {"refused": "locked"}
        return text_of(pdf, pages_most, characters_most)
    except (DependencyError, NotImplementedError):
        return {"refused": "locked"}
    except (MemoryError, RecursionError):
        return {"refused": "too_hard"}
    except Exception:  # whatever a damaged file leads the library to
        return {"refused": "damaged"}


def text_of(pdf: object, pages_most: int, characters_most: int) -> dict[str, object]:
    """Page after page until there is enough. A page that cannot be read is left out, unless none can."""
    found: list[str] = []
    faults = 0
    pages = pdf.pages  # type: ignore[attr-defined]  # the library is loaded late
    count = len(pages)
    for number in range(min(count, pages_most)):
        try:
            found.append(pages[number].extract_text().strip())
        except (MemoryError, RecursionError):
            raise
        except Exception:  # the same
            faults += 1
        if sum(map(len, found)) > characters_most:
            break
    text = "\n\n".join(page for page in found if page)
    if faults and not text:
        return {"refused": "damaged"}
    more = len(found) + faults < count or faults > 0 or len(text) > characters_most
    return {"text": text[: characters_most + 1], "more": more}


def main(memory_mib: int, seconds: int, parent: int, pages: int, characters: int) -> None:
    if not bounded(memory_mib, seconds, parent):
        return
    sys.setrecursionlimit(RECURSION)
    said = answer(sys.stdin.buffer.read(), pages, characters)
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
