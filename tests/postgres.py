"""A private PostgreSQL for tests: in a folder of its own, reached through a socket there, gone when the tests are.

Nothing listens on the network. As root, it runs as `nobody`: PostgreSQL refuses to be root.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from botarmy.store import schema
from botarmy.store.postgres import postgres_url

START_SECONDS: Final = 60
GUARDED: Final = "guarded"
"""A user who is asked for a password."""
PASSWORD: Final = "Opening-Hours-42"
TEMPLATE: Final = "botarmy_template"
_RULES: Final = f"local all {GUARDED} scram-sha-256\nlocal all all trust\n"
_FAST: Final = {"fsync": "off", "full_page_writes": "off"}
_CONFIG: Final = {
    "listen_addresses": "''",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "128MB",
    "autovacuum": "off",
    "log_min_messages": "warning",
    "lc_messages": "C",
}


def programs() -> Path | None:
    """The folder with PostgreSQL's programs; None where it is not installed."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    found = shutil.which("postgres")
    folders = [*newest, *([Path(found).parent] if found else [])]
    return next((folder for folder in folders if (folder / "initdb").exists()), None)


def needed_programs() -> Path:
    folder = programs()
    if folder is None and os.environ.get("REQUIRE_TEST_PACKAGES") == "1":
        pytest.fail("REQUIRE_TEST_PACKAGES=1, and PostgreSQL is not installed: apt-get install postgresql")
    if folder is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    return folder


def _unprivileged() -> list[str]:
    """In front of a command: it is not root, and ends with the tests even where they are killed."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return []
    who = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return [setpriv, *who, "--pdeathsig=INT"]


class PostgresServer:
    """Between `start` and `stop` or `kill`, its databases are at `url`."""

    def __init__(self, *, durable: bool = False) -> None:
        self._programs: Final = needed_programs()
        self.folder: Final = Path(tempfile.mkdtemp(prefix="botarmy-postgres-", dir="/tmp"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody", "nogroup")
        self._data: Final = self.folder / "data"
        self.log: Final = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._initialize({**_CONFIG, "unix_socket_directories": f"'{self.folder}'"} | ({} if durable else _FAST))

    def _initialize(self, config: dict[str, str]) -> None:
        made = self._call("initdb", "-D", self._data, "-U", "botarmy", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        assert made.returncode == 0, made.stdout
        lines = "".join(f"{name} = {value}\n" for name, value in config.items())
        for name, content, mode in (("postgresql.conf", lines, "a"), ("pg_hba.conf", _RULES, "w")):
            with (self._data / name).open(mode) as file:
                file.write(content)

    def _call(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [*_unprivileged(), str(self._programs / program), *map(str, arguments)]
        return subprocess.run(
            command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )

    def dump(self, database: str) -> str:
        done = self._call("pg_dump", "-h", self.folder, "-U", "botarmy", database)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def restore(self, dumped: str) -> str:
        """Into a database that is made for it; returns its name."""
        name = self.database(template="template0")
        file = self.folder / f"{name}.sql"
        file.write_text(dumped)
        file.chmod(0o644)
        done = self._call(
            "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "botarmy", "-d", name, "-f", file
        )
        assert done.returncode == 0, done.stdout
        return name

    def start(self) -> None:
        """Returns once it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_unprivileged(), str(self._programs / "postgres"), "-D", str(self._data)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.execute("SELECT 1")
            except OperationalError:
                assert time.monotonic() < deadline, self.log.read_text()
                assert self._process.poll() is None, self.log.read_text()
                time.sleep(0.02)  # there is nothing to wait on but its answer
            else:
                return

    def stop(self) -> None:
        """Open connections are ended, as by an administrator's restart."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """At once, and as after a power cut it has to recover."""
        self._end(signal.SIGQUIT)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(number)
            process.wait(timeout=START_SECONDS)

    def remove(self) -> None:
        self._end(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database: str, user: str = "botarmy", password: str = "") -> str:
        who = f"{user}:{password}" if password else user
        return f"postgresql://{who}@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with connected(self.url(database)) as conn:
            result = conn.execution_options(isolation_level="AUTOCOMMIT").execute(text(statement))
            return [tuple(row) for row in result] if result.returns_rows else []

    def database(self, template: str = "template0") -> str:
        """A new one; returns its name."""
        self._made += 1
        name = f"test_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def ready_database(self) -> str:
        """A new one with BotArmy's tables, as a first start leaves it but for its epoch."""
        if not self.execute(f"SELECT 1 FROM pg_database WHERE datname = '{TEMPLATE}'"):
            self.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            with connected(self.url(TEMPLATE)) as conn, conn.begin():
                schema.upgrade(conn)
        return self.database(TEMPLATE)

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE {database} WITH (FORCE)")


def connected(url: str) -> Connection:
    """Of its own, beside a store's."""
    return create_engine(postgres_url(url), poolclass=NullPool).connect()


@contextmanager
def running(*, durable: bool = False) -> Iterator[PostgresServer]:
    server = PostgresServer(durable=durable)
    try:
        server.start()
        server.execute(f"CREATE ROLE {GUARDED} LOGIN PASSWORD '{PASSWORD}'")
        yield server
    finally:
        server.remove()
