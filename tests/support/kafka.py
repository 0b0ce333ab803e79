"""A real Apache Kafka for tests: one broker that is its own controller, on free loopback ports, in a folder of its own.

The jars come through Maven (``tests/support/kafka/pom.xml``) once, into ``.cache`` of the repository or the folder that
PANTAU_CACHE names; later runs ask no one. The first clean stop leaves a class archive beside them, after which a broker
is up in about two seconds instead of five. It takes about 200 MB. ``PANTAU_TEST_KAFKA=host:port`` gives ``broker``
another one; tests that stop or kill a broker make a ``Broker`` of their own.
"""

import fcntl
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

HOME = Path(__file__).parent / "kafka"
ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 90
JAVA = ("java", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
CLUSTER = "cGFudGF1LWxheWFuYW4tdA"
"""Any 16 bytes in base64: all brokers here are clusters of one."""

UNTIL_PARENT_ENDS = (
    sys.executable,
    "-c",
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); os.execvp(sys.argv[1], sys.argv[1:])",
)
"""Runs a command that the kernel kills when the thread that started it is gone: no broker outlives a killed run."""

PORTS = (20_000, 32_000)
"""Below the ports that the kernel gives to outgoing connections, so that a stopped broker finds its own free again."""

_SETTINGS = """
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
controller.listener.names=CONTROLLER
log.dirs={folder}/log
auto.create.topics.enable=false
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
num.network.threads=2
num.io.threads=2
background.threads=2
group.coordinator.threads=1
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.backoff.ms=200
log.retention.check.interval.ms=1000
broker.heartbeat.interval.ms=250
broker.session.timeout.ms=3000
"""


class Broker:
    """One broker: ``bootstrap`` and its folder stay the same over stop, kill and start.

    ``settings`` are lines of server.properties added to (or replacing) the ones above.
    """

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.port, controller = free_ports(2)
        self.bootstrap = f"127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._archive: Path | None = None
        self._home = jars()
        folder.mkdir(parents=True, exist_ok=True)
        lines = _SETTINGS.format(port=self.port, controller=controller, folder=folder)
        self._properties = folder / "server.properties"
        self._properties.write_text(lines + "".join(f"{name}={value}\n" for name, value in (settings or {}).items()))
        self._format()

    @property
    def pid(self) -> int | None:
        """The broker's process, while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Return when the broker has answered a request for metadata."""
        if self.pid is not None:
            return
        self._process = self._run("kafka.Kafka", str(self._properties), archive=True)
        eventually(self._answers, f"{self.bootstrap} to answer", self.log)

    def stop(self) -> None:
        """End the broker in good order."""
        self._end(kill=False)
        if self._archive and self._archive.exists():
            self._archive.rename(self._home / "classes.jsa")
        self._archive = None

    def kill(self) -> None:
        """End the broker as ``kill -9`` does."""
        self._end(kill=True)

    def log(self) -> str:
        """The warnings and errors of the broker."""
        path = self.folder / "broker.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _end(self, *, kill: bool) -> None:
        if self._process is None:
            return
        if kill:
            self._process.kill()
        else:
            self._process.terminate()
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(f"the broker did not stop:\n{self.log()}") from None
        finally:
            self._process = None

    def _format(self) -> None:
        """Lay out the folder of an empty cluster; all are alike, so later ones are copied from the first."""
        formatted = self._home / "formatted"
        if not formatted.is_dir():
            made = self._run("kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(self._properties))
            if made.wait(PATIENCE_SECONDS):
                raise RuntimeError(f"the folder of the broker could not be formatted:\n{self.log()}")
            coming = self._home / f"formatted-{os.getpid()}-{next(_archives)}"
            shutil.copytree(self.folder / "log", coming)
            try:
                coming.rename(formatted)
            except OSError:  # somebody else was quicker
                shutil.rmtree(coming)
            return
        shutil.copytree(formatted, self.folder / "log")

    def _answers(self) -> bool:
        if self.pid is None:
            raise RuntimeError(f"the broker ended:\n{self.log()}")
        return answers(self.bootstrap)

    def _run(self, *command: str, archive: bool = False) -> subprocess.Popen[bytes]:
        options = [f"-Dlog4j2.configurationFile={HOME / 'log4j2.properties'}", "-Xlog:disable", "-Xlog:all=off"]
        classes = self._home / "classes.jsa"
        if classes.exists():
            options.append(f"-XX:SharedArchiveFile={classes}")
        elif archive:
            self._archive = self._home / f"classes-{os.getpid()}-{next(_archives)}.jsa"
            options.append(f"-XX:ArchiveClassesAtExit={self._archive}")
        path = os.pathsep.join(map(str, sorted(self._home.glob("*.jar"))))
        with (self.folder / "broker.log").open("ab") as log:
            return subprocess.Popen(
                [*UNTIL_PARENT_ENDS, *JAVA, *options, "-cp", path, *command],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder, start_new_session=True,
            )  # fmt: skip


_archives = count()


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """The address of a running broker: the one of PANTAU_TEST_KAFKA, or one that ends with the context."""
    given = os.environ.get("PANTAU_TEST_KAFKA")
    if given:
        if not answers(given):
            raise RuntimeError(f"PANTAU_TEST_KAFKA: no Kafka answers at {given}")
        yield given
        return
    own = Broker(folder)
    try:
        own.start()
        yield own.bootstrap
    finally:
        own.stop()


def answers(bootstrap: str) -> bool:
    """Whether a request for metadata is answered by a broker that takes part in its cluster."""
    from kafka import KafkaAdminClient  # late: most runs of a part of the tests need no Kafka
    from kafka.errors import KafkaError

    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError:
        return False
    try:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap, bootstrap_timeout_ms=5000, request_timeout_ms=5000)
    except KafkaError:
        return False
    try:
        return any(not one["is_fenced"] for one in admin.describe_cluster()["brokers"])
    except KafkaError:
        return False
    finally:
        admin.close()


def eventually(condition: Callable[[], bool], what: str, say: Callable[[], str] = str) -> None:
    """Wait until a condition holds. Raises RuntimeError when it does not in good time, with what ``say`` tells."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {PATIENCE_SECONDS} s for {what}\n{say()}")
        time.sleep(0.05)


def free_ports(n: int) -> list[int]:
    """Ports of the loopback address that nothing listens on now."""
    found: list[int] = []
    while len(found) < n:
        port = random.randrange(*PORTS)
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in found:
            found.append(port)
    return found


def jars() -> Path:
    """The folder of a broker's jars, filled by Maven when it is not there."""
    pom = HOME / "pom.xml"
    version = re.findall(r"<kafka.version>(.+?)</kafka.version>", pom.read_text())[0]
    cache = Path(os.environ.get("PANTAU_CACHE") or ROOT / ".cache")
    home = cache / f"kafka-{version}"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"kafka-{version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.is_dir():
            return home
        coming = cache / f"kafka-{version}.coming"
        shutil.rmtree(coming, ignore_errors=True)
        command = ["mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies", "-DincludeScope=runtime"]
        done = subprocess.run([*command, f"-DoutputDirectory={coming}"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"Maven could not get the jars of Kafka:\n{done.stdout}{done.stderr}")
        coming.rename(home)
    return home
