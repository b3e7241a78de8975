"""The folder of a person's own teams, and the teams that ship: their texts read, checked, written and removed.

Everything here blocks, and may be called from one thread at a time. What a method has written is on the disk when it
returns; each file is replaced whole, the team's own file last.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from botarmy.domain.errors import DomainError
from botarmy.domain.teamfiles import TAKEN, Checked, Draft, Fault, TeamFile, instructions_fault, runs_programs
from botarmy.teams.beside import Beside, is_within, read_bounded
from botarmy.teams.document import DocumentError, quoted, together
from botarmy.teams.loader import TEAM_FILES, Folder, Teams, combined, declared_in, read_folder, shipped_folder
from botarmy.teams.resolving import Declared, check_own
from botarmy.teams.words import is_slug
from botarmy.teams.writing import remove_files, write_files


class Library:
    """Args:
    folder: of a person's own teams, made when the first is saved; None: nothing can be saved.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder: Final = folder
        self._shipped: Final = shipped_folder()
        self._known = self._read(read_folder(folder))

    @property
    def teams(self) -> Teams:
        """As they were read at the start, or at the last change that was made here."""
        return self._known[1]

    @property
    def problems(self) -> tuple[DomainError, ...]:
        return self.teams.problems

    @property
    def own(self) -> frozenset[str]:
        return frozenset(self._known[0].declared)

    def find(self, name: str) -> TeamFile:
        """Raises DomainError `team_not_found`."""
        own, teams = self._known
        team = teams.by_name.get(name)
        if team is None:
            raise DomainError("team_not_found", team=name[:80])
        if self.folder is not None and name in own.declared:
            return TeamFile(team=team, draft=_draft_of(own.declared[name], self.folder), own=True)
        return TeamFile(team=team, draft=_draft_of(self._shipped.declared[name], files("botarmy.teams")), own=False)

    def check(self, draft: Draft) -> Checked:
        """What would become of a text if it were saved. Nothing is run, imported or written."""
        own, _ = self._known
        try:
            declared = self._declared(draft, own)
        except DocumentError as error:
            return Checked(faults=tuple(Fault(one.line, one.column, one.reason) for one in error.all))
        return Checked(team=self._combined(_with(own, declared)).by_name.get(declared.team.name, declared.team))

    def save(self, name: str, draft: Draft, expected: str | None, *, programs: bool) -> None:
        """Write a team into the folder.

        Args:
            expected: the version that it replaces; None: there is no team of this name yet.
            programs: whether it may name code to run and servers to call.

        Raises:
            DomainError: refused; nothing was written.
            OSError: the folder cannot be written.
        """
        folder = self._folder_for_writing()
        own = read_folder(folder)
        before = self._before(name, own, expected)
        try:
            declared = self._declared(draft, own)
        except DocumentError as error:
            raise DomainError("bad_team_text", line=error.line, reason=error.reason) from None
        if declared.team.name != name:
            raise DomainError("team_name_differs", team=name, named=declared.team.name)
        if runs_programs(declared.team) and not programs:
            raise DomainError("team_runs_programs")
        declared = replace(declared, file=before.file if before else f"{name}.yaml")
        after = _with(own, declared)
        self._check_kept(own, after)
        _check_free(folder, own, before, declared.file, draft)
        write_files(folder, {**draft.instructions, declared.file: draft.yaml})
        self._known = self._read(after)
        if before is not None:
            _tidy(folder, set(before.instructions) - set(declared.instructions))

    def remove(self, name: str, expected: str | None) -> None:
        """Take a team and the instructions that it alone names out of the folder. Raises as `save` does.

        Args:
            expected: the version that is to go; None: whatever is there.
        """
        folder = self._folder_for_writing()
        own = read_folder(folder)
        before = own.declared.get(name)
        if before is None:
            raise DomainError("team_ships" if name in self._shipped.declared else "team_not_found", team=name[:80])
        if expected not in (None, _draft_of(before, folder).version):
            raise DomainError("team_changed")
        after = _without(own, name)
        self._check_kept(own, after)
        remove_files(folder, [before.file])
        self._known = self._read(after)
        _tidy(folder, set(before.instructions))

    def _declared(self, draft: Draft, own: Folder) -> Declared:
        """Raises DocumentError."""
        declared = declared_in(draft.yaml, "", Beside(self.folder, draft.instructions))
        check_own(declared, [*self._shipped.declared, *own.declared, declared.team.name])
        extra = draft.instructions.keys() - declared.instructions
        strange = [f"“{quoted(path)}” is not named by the team" for path in sorted(extra)]
        odd = [fault for path, text in draft.instructions.items() if (fault := instructions_fault(path, text))]
        if strange or odd:
            raise together([DocumentError(1, reason) for reason in (*strange, *odd)])
        return declared

    def _before(self, name: str, own: Folder, expected: str | None) -> Declared | None:
        """What is there under the name, if it is the version that whoever saves has seen."""
        if name in TAKEN or not is_slug(name):
            raise DomainError("bad_team_name", team=name[:80])
        before = own.declared.get(name)
        if before is None:
            if name in self._shipped.declared:
                raise DomainError("team_ships", team=name)
            if expected is not None:
                raise DomainError("team_changed")
            if len(own.declared) + len(own.problems) >= TEAM_FILES:
                raise DomainError("too_many_teams", limit=TEAM_FILES)
            return None
        if expected is None:
            raise DomainError("team_exists", team=name)
        if self.folder is None or expected != _draft_of(before, self.folder).version:
            raise DomainError("team_changed")
        return before

    def _check_kept(self, before: Folder, after: Folder) -> None:
        """Raises DomainError `team_needed` where another file would not work any more."""
        known = {str(problem) for problem in self._combined(before).problems}
        for problem in self._combined(after).problems:
            if str(problem) not in known:
                what = problem.fields
                raise DomainError("team_needed", file=what["file"], line=what["line"], reason=what["reason"])

    def _combined(self, own: Folder) -> Teams:
        return combined(self._shipped, own)

    def _read(self, own: Folder) -> tuple[Folder, Teams]:
        return own, self._combined(own)

    def _folder_for_writing(self) -> Path:
        if self.folder is None:
            raise DomainError("no_teams_folder")
        return self.folder


def _tidy(folder: Path, dropped: set[str]) -> None:
    """Remove instructions that no file in the folder speaks of any more; in doubt they stay."""
    texts = [read_bounded(file) for file in folder.iterdir() if file.is_file() and file.suffix in (".yaml", ".yml")]
    remove_files(folder, [name for name in dropped if not any(name.encode() in text for text in texts)])


def _draft_of(declared: Declared, folder: Traversable) -> Draft:
    """The texts of a team that was just read. What cannot be read by now is empty."""
    texts = {name: _text(folder, name) for name in (declared.file, *declared.instructions)}
    return Draft(yaml=texts[declared.file], instructions={name: texts[name] for name in declared.instructions})


def _text(folder: Traversable, name: str) -> str:
    try:
        return read_bounded(folder.joinpath(name)).decode("utf-8", "replace").removeprefix("\ufeff")
    except OSError:
        return ""


def _with(own: Folder, declared: Declared) -> Folder:
    return replace(own, declared={**own.declared, declared.team.name: declared})


def _without(own: Folder, name: str) -> Folder:
    return replace(own, declared={one: declared for one, declared in own.declared.items() if one != name})


def _check_free(folder: Path, own: Folder, before: Declared | None, file: str, draft: Draft) -> None:
    """Raises DomainError `team_file_taken` where something else would be overwritten, or a link be followed."""
    mine = {before.file, *before.instructions} if before else set()
    others = {name for one in own.declared.values() if one is not before for name in (one.file, *one.instructions)}
    for name, text in {**draft.instructions, file: draft.yaml}.items():
        path = folder / name
        there = path.exists() or path.is_symlink()
        if not is_within(path, folder) or path.is_symlink() or path.is_dir():
            raise DomainError("team_file_taken", file=name)
        if there and (name not in mine or name in others) and _text(folder, name) != text:
            raise DomainError("team_file_taken", file=name)
