"""Writes `wire/` anew: `python -m scripts.wire`. With `--check`: fails where what is there differs."""

from __future__ import annotations

import sys
from pathlib import Path

from scripts.wire.files import differences, generated

FOLDER = Path(__file__).parents[2] / "wire"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    if arguments:
        found = differences(FOLDER)
        print("\n".join(f"wire/{name} is not what the code generates" for name in found) or "wire/ is up to date.")
        return 1 if found else 0
    files = generated()
    for stale in set(differences(FOLDER)) - set(files):
        (FOLDER / stale).unlink()
    for name, text in files.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    print(f"Wrote {len(files)} files.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
