"""Real database servers for tests: MariaDB and PostgreSQL from Debian's packages, on free loopback ports.

Each has a folder of its own, made for it and gone afterwards, and runs as a user without rights where it insists on one
(PostgreSQL does, when the tests run as root). ``kill`` and ``start`` keep port and content.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.support.certificates import certificate
from tests.support.kafka import eventually, free_ports

PASSWORD = "rahasia-uji"


class Server:
    """One server process: what MariaDB and PostgreSQL have in common."""

    drivername: str
    scheme: str
    admin: str
    first_database: str

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pantau-db-"))
        self.port = free_ports(1)[0]
        self.ca, self._key = certificate(self.folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0
        self._prepare()

    def start(self) -> None:
        """Return when the server answers a query."""
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                **self._as_user(),
            )  # fmt: skip
        eventually(self._answers, f"the database at port {self.port}", self.log)

    def kill(self) -> None:
        """End the server and all it started as ``kill -9`` does."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the server and remove its folder."""
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder)

    def log(self) -> str:
        """What the server said."""
        return (self.folder / "server.log").read_text(errors="replace")[-4000:]

    def url(self, database: str) -> URL:
        """The address for the one who may do everything."""
        return URL.create(self.drivername, self.admin, PASSWORD, "127.0.0.1", self.port, database)

    def address(self, database: str, user: str | None = None) -> str:
        """The address as it is given to ``--database``: without a password."""
        return f"{self.scheme}://{user or self.admin}@127.0.0.1:{self.port}/{database}"

    def execute(self, database: str, *statements: str, rows: Sequence[dict[str, Any]] | None = None) -> None:
        """Run statements in one committed transaction; ``rows`` are those of the last one."""
        engine = create_engine(self.url(database), poolclass=NullPool)
        with engine.begin() as connection:
            for statement in statements[:-1]:
                connection.execute(text(statement))
            connection.execute(text(statements[-1]), rows)

    def new_database(self) -> str:
        """The name of a fresh database."""
        self._made += 1
        name = f"antrian{self._made}"
        engine = create_engine(self.url(self.first_database), poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return name

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:  # it may refuse to start while a killed one is still going
            self._process = None
            self.start()
            return True
        try:
            self.execute(self.first_database, "SELECT 1")
        except DBAPIError:
            return False
        return True

    def _prepare(self) -> None:
        raise NotImplementedError

    def _command(self) -> list[str]:
        raise NotImplementedError

    def _as_user(self) -> dict[str, Any]:
        return {}

    def _run(self, *command: str, **given: Any) -> None:
        done = subprocess.run(command, capture_output=True, text=True, check=False, **self._as_user(), **given)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


class MariaDb(Server):
    """A MariaDB server."""

    drivername = "mysql+pymysql"
    scheme = "mysql"
    admin = "pengelola"
    first_database = "mysql"

    def _prepare(self) -> None:
        me = pwd.getpwuid(os.getuid()).pw_name
        self._run(
            "mariadb-install-db", "--no-defaults", f"--datadir={self.folder / 'data'}", f"--user={me}",
            "--skip-test-db", "--auth-root-authentication-method=normal",
        )  # fmt: skip
        init = self.folder / "init.sql"
        init.write_text(
            f"CREATE USER IF NOT EXISTS {self.admin}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}';"
            f"\nGRANT ALL ON *.* TO {self.admin}@'127.0.0.1' WITH GRANT OPTION;\n"
        )
        self._options = [
            "--no-defaults", f"--datadir={self.folder / 'data'}", f"--socket={self.folder / 's'}", f"--user={me}",
            f"--pid-file={self.folder / 'pid'}", f"--port={self.port}", "--bind-address=127.0.0.1",
            "--skip-name-resolve", "--skip-log-bin", "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M",
            "--innodb-flush-log-at-trx-commit=2", f"--init-file={init}", f"--ssl-cert={self.ca}",
            f"--ssl-key={self._key}",
        ]  # fmt: skip

    def _command(self) -> list[str]:
        return [_program("mariadbd"), *self._options]


class PostgreSql(Server):
    """A PostgreSQL server."""

    drivername = "postgresql+pg8000"
    scheme = "postgresql"
    admin = "pengelola"
    first_database = "postgres"

    def _prepare(self) -> None:
        secret = self.folder / "secret"
        secret.write_text(PASSWORD)
        if os.getuid() == 0:
            for path in (self.folder, secret, self.ca, self._key):
                shutil.chown(path, "postgres", "postgres")
        self._run(
            _program("initdb"), "-D", str(self.folder / "data"), "-U", self.admin, "-A", "scram-sha-256",
            f"--pwfile={secret}", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", cwd=self.folder,
        )  # fmt: skip

    def _command(self) -> list[str]:
        return [
            _program("postgres"), "-D", str(self.folder / "data"), "-p", str(self.port), "-h", "127.0.0.1",
            "-k", str(self.folder), "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "timezone=Asia/Jakarta",
            "-c", "ssl=on", "-c", f"ssl_cert_file={self.ca}", "-c", f"ssl_key_file={self._key}",
        ]  # fmt: skip

    def _as_user(self) -> dict[str, Any]:
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}


def _program(name: str) -> str:
    places = [*os.environ.get("PATH", os.defpath).split(os.pathsep), "/usr/sbin", *_postgres_places()]
    found = shutil.which(name, path=os.pathsep.join(places))
    if found is None:
        raise RuntimeError(f"{name} is not installed; .ci/run names the Debian packages")
    return found


def _postgres_places() -> list[str]:
    return [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
