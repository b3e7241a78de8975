"""Where the built page is."""

from __future__ import annotations

from pathlib import Path


def web_folder() -> Path | None:
    """The built page: inside the installed package, else in the checkout; None where it was not built."""
    package = Path(__file__).parents[1]
    candidates = (package / "web", package.parents[1] / "web" / "dist")
    return next((folder for folder in candidates if (folder / "index.html").is_file()), None)
