"""A ClickHouse server for tests: the native protocol in front of the embedded engine, as a process of its own.

``python -m tests.support.bridge --dir D --port 0`` prints the port it listens on and then does what it reads from its
standard input, a line each: ``drop`` cuts every connection; ``lose N`` lets the next N inserts be stored without an
answer. It ends when its standard input does. :class:`Bridge` starts, kills and starts it again on the same port.
"""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """Where a server is: ``host:port``, or ``user:password@host:port``."""

    def __init__(self, address: str) -> None:
        self.address = address

    def url(self, database: str) -> str:
        """What a store's setting wants."""
        return f"clickhouse://{self.address}/{database}"


class Bridge(Server):
    """The process, on one directory and one port for as long as this object lives."""

    def __init__(self, directory: Path, *, password: str = "", cluster: str = "", config: Path | None = None) -> None:
        super().__init__("")
        self.directory = directory
        self.password = password
        self.cluster = cluster
        self.config = config
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> "Bridge":
        """Start it and wait until it listens."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.support.bridge"),
                *("--dir", str(self.directory), "--port", str(self.port)),
                *("--password", self.password, "--cluster", self.cluster),
                *(("--config", str(self.config)) if self.config else ()),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        if not said.startswith("listening "):
            self.stop()
            raise RuntimeError(f"the bridge did not start: {said!r}")
        self.port = int(said.split()[1])
        self.address = f"127.0.0.1:{self.port}"
        return self

    def url(self, database: str) -> str:
        """What a store's setting wants."""
        return super().url(database) + (f"?cluster={self.cluster}" if self.cluster else "")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """``kill -9``, and wait until it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it in good order; stopping twice does nothing."""
        self._end(signal.SIGTERM)

    def stall(self) -> None:
        """Connections stay open and nothing answers, until :meth:`resume`."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)  # until then other threads of it go on

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def drop(self) -> None:
        """Cut every connection."""
        self._tell("drop")

    def lose_answers(self, inserts: int) -> None:
        """Store the next inserts and cut their connection instead of answering."""
        self._tell(f"lose {inserts}")

    def _tell(self, what: str) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(what + "\n")
        self._process.stdin.flush()
        self._process.stdout.readline()  # it says when it is done

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(signal.SIGCONT)
        process.send_signal(number)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()  # a signal just before it begins to read would be handled only once the read returns
        process.wait(timeout=60)
        process.stdout.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--password", default="")
    parser.add_argument("--cluster", default="")
    parser.add_argument("--config", type=Path)
    given = parser.parse_args()
    from tests.support.native_server import serve

    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # the engine needs no farewell; see tests/faults
    server = serve(given.dir, given.port, given.password, given.cluster, given.config)
    sys.stdout.write(f"listening {server.server_address[1]}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        words = line.split()
        if words == ["drop"]:
            server.drop()
        elif len(words) == 2 and words[0] == "lose":
            server.lose_answers = int(words[1])
        sys.stdout.write("done\n")
        sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
