"""The command line: read what is asked for, then call the bootstrap. Loads the server only where one is needed."""

from __future__ import annotations

import importlib.metadata
import io
import os
import sys
from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Annotated, Final

import typer

from botarmy.cli import dev, notify, providers
from botarmy.cli.options import takes_settings
from botarmy.cli.terminal import FAILED, describe, say
from botarmy.redaction import Redactor, secrets_in
from botarmy.settings import Loaded, Settings

INTERRUPTED: Final = 130


class Role(Enum):
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"


app: Final = typer.Typer(
    name="botarmy",
    help="Teams of AI agents that build what you describe, live in the browser or in this terminal.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code. `arguments` is `sys.argv` where None."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app(None if arguments is None else list(arguments))
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as error:  # the last place before a person: nothing gets out as a traceback
        return describe(error, Redactor(secrets_in(os.environ)))
    return 0


@app.command()
@takes_settings(*Settings.model_fields)
def serve(loaded: Loaded) -> None:
    """Start BotArmy and stay until Ctrl-C."""
    from botarmy.cli.serve import serve_until_stopped  # noqa: PLC0415 - loads the server

    serve_until_stopped(loaded)


@app.command()
@takes_settings("data_dir", "memory", "model", "demo_speed", "teams_dir", "concurrency", "log_level")
def run(
    loaded: Loaded,
    brief: Annotated[str, typer.Argument(help="What the team should build, in a sentence or two.", show_default=False)],
    team: Annotated[
        str | None, typer.Option(help="The team that does it; the default is the software team.", show_default=False)
    ] = None,
    attach: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            exists=True,
            dir_okay=False,
            help="A text file, Markdown or a PDF that the agents are given, too; may be said several times.",
        ),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the files go; the default is named after the project."),
    ] = None,
    approvals: Annotated[
        str | None,
        typer.Option(
            metavar="none|each|NAMES", help="Ask before the team goes on: never, after each agent, or after these."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="At Ctrl-C, keep the project for “botarmy serve” to go on with.")
    ] = False,
) -> None:
    """Have a team build something, watch it at work, and get the files.

    Exits with 0 when everything succeeded, 3 when some of it did, and 1 when nothing did.
    """
    from botarmy.cli.run import Wanted, run_to_the_end  # noqa: PLC0415 - loads the server

    wanted = Wanted(brief=brief, team=team, into=into, attach=attach or (), approvals=approvals, force=force, keep=keep)
    raise typer.Exit(run_to_the_end(loaded, wanted))


@app.command()
@takes_settings("data_dir")
def audit(
    loaded: Loaded,
    run_id: Annotated[
        str | None, typer.Argument(metavar="RUN", help="The id of a project: the end of its address.")
    ] = None,
    verify: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Look whether such a file is as it was written.")
    ] = None,
) -> None:
    """Print who decided what in a project and what came of it, a line of JSON each."""
    from botarmy.cli import auditing  # noqa: PLC0415 - loads the server

    if (run_id is None) == (verify is None):
        raise auditing.NothingToAudit
    if verify is not None:
        auditing.verify(verify)
    elif run_id is not None:
        auditing.print_audit(loaded, run_id)


@app.command()
@takes_settings("data_dir")
def export(
    loaded: Loaded,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The id of a project: the end of its address.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where it goes, e.g. tips.botarmy.zip.")],
) -> None:
    """Write a whole project, with all that was said and decided, into a file for another server."""
    from botarmy.cli.portable import send_out  # noqa: PLC0415 - loads the server

    send_out(loaded, run_id, file)


@app.command("import")
@takes_settings("data_dir")
def import_file(
    loaded: Loaded,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="What “export” wrote.")],
) -> None:
    """Take in a project of another server."""
    from botarmy.cli.portable import take_in  # noqa: PLC0415 - loads the server

    take_in(loaded, file)


@app.command()
@takes_settings(*Settings.model_fields)
def doctor(loaded: Loaded) -> None:
    """Check what is set up, what is missing, and what to do."""
    from botarmy.cli.doctor import examine  # noqa: PLC0415 - loads the server

    raise typer.Exit(examine(loaded))


@app.command()
@takes_settings(*Settings.model_fields)
def config(loaded: Loaded) -> None:
    """Print every setting in force and where it came from."""
    rows = list(loaded.shown())
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    redact = loaded.redactor(os.environ)
    for name, value, origin in rows:
        say(redact(f"{name:<{widths[0]}}  {value:<{widths[1]}}  {origin}"))


token: Final = typer.Typer(help="Make, list and revoke the tokens that people sign in with.", no_args_is_help=True)
app.add_typer(token, name="token")


@token.command("create")
@takes_settings("data_dir")
def create_token(
    loaded: Loaded,
    user: Annotated[str, typer.Option(help="Whom it is for, e.g. anna.", show_default=False)],
    role: Annotated[Role, typer.Option(help="What they may do.", show_default=False)],
    expires: Annotated[
        str | None, typer.Option(help="After what time it ends, e.g. 30d; without it, when revoked.", metavar="TIME")
    ] = None,
) -> None:
    """Make a token and print it: this once.

    Viewers watch every project, members start projects and see and steer their own, admins do everything.
    """
    from botarmy.cli.token import create  # noqa: PLC0415 - loads the server

    create(loaded.settings, user, role.value, expires)


@token.command("list")
@takes_settings("data_dir")
def list_tokens(loaded: Loaded) -> None:
    """Print whom tokens were made for, and until when each is valid."""
    from botarmy.cli.token import show  # noqa: PLC0415 - loads the server

    show(loaded.settings)


@token.command("revoke")
@takes_settings("data_dir")
def revoke_token(
    loaded: Loaded, token_id: Annotated[str, typer.Argument(metavar="ID", help="As “botarmy token list” shows it.")]
) -> None:
    """End a token at once: whoever is signed in with it is signed out within a second."""
    from botarmy.cli.token import revoke  # noqa: PLC0415 - loads the server

    revoke(loaded.settings, token_id)


@app.command()
def version() -> None:
    """Print the version."""
    say(f"botarmy {importlib.metadata.version('botarmy')}")


app.add_typer(providers.app, name="providers")
app.add_typer(notify.app, name="notify")
app.add_typer(dev.app, name="dev")
