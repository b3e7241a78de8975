"""The project that the demo team writes for a brief: which files there are, who writes each, and what is in them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias

from botarmy.agents.demo.brief import Reading, table
from botarmy.agents.demo.fill import Block, as_markdown, fill, fill_file, json_block, packaged, packaged_names
from botarmy.agents.demo.shape import Shape, shape_of

Platform: TypeAlias = Literal["web", "python"]
Values: TypeAlias = Mapping[str, str]

STEPS: Final = ("analyst", "architect", "developer", "tester", "deployer")
_TEMPLATE_SUFFIX: Final = ".tmpl"
"""Keeps a template of a Python file from being taken for a part of this package."""
_HUES: Final = (265, 235, 300, 205, 285, 330)
"""Of the accent: none that is taken for good or bad."""
_STYLES: Final = "app/styles.css"
_TESTING: Final[Mapping[Platform, tuple[str, str]]] = {
    "web": ("node --test", "Node 20 or newer; there is nothing to install."),
    "python": ("python3 -m unittest -v", "Python 3.10 or newer; there is nothing to install."),
}
_NOT_FILES: Final = frozenset({"manifest.toml", "page.html", "look.css", "data.toml"})


@dataclass(frozen=True, slots=True)
class Project:
    """A brief, read and shaped. Everything in it follows from the brief alone."""

    reading: Reading
    manifest: Mapping[str, Any]
    shape: Shape
    values: Values

    @property
    def platform(self) -> Platform:
        return "python" if self.reading.kind.startswith("py_") else "web"

    def files(self, step: str) -> Mapping[str, str]:
        """What a step writes: content by path, in the order of writing."""
        return {path: self.content(path) for path in self.paths() if owner(path) == step}

    def paths(self) -> Sequence[str]:
        """All files of the project, rules before faces and application before tests."""
        kind = [name for name in packaged_names(f"templates/{self.reading.kind}") if name not in _NOT_FILES]
        names = {name.removesuffix(_TEMPLATE_SUFFIX) for name in (*packaged_names(f"templates/{self.platform}"), *kind)}
        names |= {f"docs/{name}" for name in packaged_names("templates/docs")}
        wanted = self.manifest.get("files", {})
        return sorted((name for name in names if self._applies(wanted.get(name))), key=_order)

    def content(self, path: str) -> str:
        if path == _STYLES:
            own = _template(self.reading.kind, "look.css") or ""
            return fill_file(f"{_template('web', path)}\n{own}", self.values, path)
        template = _template(self.reading.kind, path) or _template(self.platform, path) or packaged(f"templates/{path}")
        return fill_file(template, self.values, path)

    def text(self, template: str) -> str:
        """Trusted Markdown with the brief's words filled in."""
        return fill(template, self.values, as_markdown)

    def chosen(self, table: str) -> Sequence[Mapping[str, str]]:
        """The rows of a table of the manifest that apply to this brief."""
        return [row for row in self.manifest.get(table, ()) if self._applies(row.get("when"))]

    def _applies(self, feature: str | None) -> bool:
        return feature is None or feature in self.shape.features


def owner(path: str) -> str:
    """The step that writes a file."""
    if path.startswith("docs/"):
        return {"docs/requirements.md": "analyst", "docs/architecture.md": "architect"}.get(path, "tester")
    if path.startswith(("app/", "package.json")):
        return "developer"
    return "tester" if path.startswith("tests/") else "deployer"


def plan(reading: Reading) -> Project:
    """The project for a brief."""
    manifest = _manifest(reading.kind)
    shape = shape_of(reading)
    values: dict[str, str] = {
        "title": reading.title,
        "slug": reading.slug,
        "brief": reading.excerpt,
        "hue": str(_HUES[reading.seed % len(_HUES)]),
        "config": json_block({"title": reading.title, "storage": reading.slug, **shape.config}),
        **shape.values,
    }
    project = Project(reading, manifest, shape, values)
    values["purpose"] = fill(manifest["purpose"], values)
    values["what"] = fill(manifest["purpose"].removeprefix("{{title}}: "), values)
    values["What"] = f"{values['what'][:1].upper()}{values['what'][1:]}"
    _number(project, values)
    values.update(_documents(project))
    return project


def _number(project: Project, values: dict[str, str]) -> None:
    """Checks get their numbers here; tests name them by id, so that the two cannot part."""
    for number, check in enumerate(project.chosen("checks"), 1):
        values[f"ac_{check['id']}"] = f"AC-{number} {fill(check['text'], values)}"
        values[f"no_{check['id']}"] = f"AC-{number}"


def _documents(project: Project) -> Mapping[str, str]:
    """The blocks that the documents are made of, as Markdown."""
    manifest = project.manifest
    test_command, test_needs = _TESTING[project.platform]
    page = packaged(f"templates/{project.reading.kind}/page.html") if project.platform == "web" else ""
    return {
        "lead": fill(manifest["lead"], project.values),
        "examples": Block(fill(manifest.get("examples", ""), project.values).strip()),
        "outline": Block(project.text(manifest["outline"]).strip()),
        "test_command": Block(test_command),
        "test_needs": Block(test_needs),
        "untested": Block(project.text(manifest["untested"]).strip()),
        "diagram": Block(packaged(f"templates/{project.platform}.mermaid").strip()),
        "page": Block(fill_file(page, project.values, "page.html")),
        "users": _bullets(project.text(text) for text in manifest["users"]),
        "requirements": _bullets(
            f"**R-{number}** {project.text(row['text'])}"
            for number, row in enumerate(project.chosen("requirements"), 1)
        ),
        "checks": _bullets(
            f"**AC-{number}** {project.text(row['text'])}" for number, row in enumerate(project.chosen("checks"), 1)
        ),
        "check_rows": Block(
            "\n".join(
                f"| AC-{number} | {project.text(row['text'])} |"
                for number, row in enumerate(project.chosen("checks"), 1)
            )
        ),
        "check_count": str(len(project.chosen("checks"))),
        "requirement_count": str(len(project.chosen("requirements"))),
        "outside": _bullets(outside(project)),
        "components": Block(
            "\n".join(f"| `{row['file']}` | {project.text(row['does'])} |" for row in project.chosen("components"))
        ),
        "data": Block(project.text(manifest["data"]).strip()),
        "decisions": _bullets(
            f"**{project.text(row['choice'])}** {project.text(row['reason'])}" for row in project.chosen("decisions")
        ),
        "file_map": Block(_tree(project.paths())),
        "files_written": Block(", ".join(f"`{path}`" for path in project.paths() if owner(path) == "developer")),
    }


def outside(project: Project) -> Sequence[str]:
    """What the brief asks for, or might, that this version does not do."""
    reading = project.reading
    asked = [text for feature, text in table()["outside"].items() if feature in reading.mentions]
    return [*asked, *project.shape.outside, *(project.text(text) for text in project.manifest.get("outside", ()))]


def _bullets(texts: Any) -> Block:
    return Block("\n".join(f"- {text}" for text in texts))


def _tree(paths: Sequence[str]) -> str:
    """Folders with their files, two spaces deeper."""
    lines: list[str] = []
    folder = ""
    for path in sorted(paths, key=lambda path: ("/" not in path, path)):
        where, _, name = path.rpartition("/")
        if where and where != folder:
            lines.append(f"{where}/")
        folder = where
        lines.append(f"  {name}" if where else name)
    return "\n".join(lines)


def _order(path: str) -> tuple[int, str]:
    ranks = (
        "app/config",
        "app/logic",
        "app/store",
        "app/dom",
        "app/index",
        "app/styles",
        "app/theme",
        "app/main",
        "tests/",
    )
    rank = next((rank for rank, start in enumerate(ranks) if path.startswith(start)), len(ranks))
    return rank, path


@cache
def _manifest(kind: str) -> Mapping[str, Any]:
    return tomllib.loads(packaged(f"templates/{kind}/manifest.toml"))


@cache
def _template(folder: str, path: str) -> str | None:
    for name in (f"templates/{folder}/{path}", f"templates/{folder}/{path}{_TEMPLATE_SUFFIX}"):
        try:
            return packaged(name)
        except FileNotFoundError:
            continue
    return None
