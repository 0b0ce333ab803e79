"""The services of docker-compose.yml as processes of this machine: the same commands, variables, secrets and order."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.architecture.tree import ROOT
from tests.deploy.compose import filled, verbs
from tests.support.bridge import Bridge
from tests.support.kafka import Broker, eventually, free_ports
from tests.support.processes import Process, run

PASSWORD = "one for all, because the bridge has one user"


class Installation:
    """Kafka, a server of tables, and whichever of our services were started, in one folder."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.kafka = Broker(folder / "kafka")
        self.clickhouse = Bridge(folder / "clickhouse", password=PASSWORD)
        self.running: dict[str, Process] = {}
        self._stack = ExitStack()
        (folder / "deploy" / "demo").mkdir(parents=True)
        for name in ("make-secrets", "demo/registry.toml"):
            shutil.copy(ROOT / "deploy" / name, folder / "deploy" / name)
        subprocess.run([folder / "deploy" / "make-secrets", "--demo"], check=True, stdout=subprocess.DEVNULL)
        lines = (folder / ".env").read_text().splitlines()
        self.variables = dict(line.split("=", 1) for line in lines if not line.startswith("#")) | dict(variables)
        self.services: dict[str, Any] = filled(self.variables)["services"]
        for name in ("admin", "writer", "reader", "answerer"):
            path = self.secret(f"{name}_password")
            path.chmod(0o600)
            path.write_text(PASSWORD)
        ports = dict(zip(("gateway", "worker", "web", "notifier"), free_ports(4), strict=True))
        self.urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        self._ports = {name: str(port) for name, port in ports.items()}

    def secret(self, name: str) -> Path:
        return self.folder / "deploy" / "secrets" / name

    def start_servers(self) -> None:
        self.kafka.start()
        self._stack.callback(self.kafka.stop)
        self.clickhouse.start()
        self._stack.callback(self.clickhouse.stop)

    def once(self, name: str) -> list[str]:
        """Run a service that ends by itself; what each of its steps said. Fails when a step does."""
        said = []
        for words in verbs(self.services[name]):
            code, told = run(*self._words(name, words), settings=self.settings(name), cwd=self.folder)
            assert code == 0, f"{name}: pantau {' '.join(words)} ended with {code}:\n{told}"
            said.append(told)
        return said

    def start_notifier(self) -> None:
        """Start the notifier; its health check passes only after its first rounds."""
        (words,) = verbs(self.services["notifier"])
        words = self._words("notifier", words)
        process = Process(self.folder / "notifier", *words, settings=self.settings("notifier")).start()
        self._stack.callback(process.stop)

    def notifier_is_healthy(self) -> bool:
        """What the health check of its service says."""
        *_, code = self.services["notifier"]["healthcheck"]["test"]
        code = code.replace("http://127.0.0.1:8332", self.urls["notifier"])
        return subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0

    def start(self, name: str, *, number: int = 1) -> Process:
        """Start a service that runs on, and wait until its own health check would pass."""
        (words,) = verbs(self.services[name])
        words = self._words(name, words)
        if number > 1:  # scaled: a container has its own network, a process of this machine a port of its own
            words[words.index("--port") + 1] = str(free_ports(1)[0])
        process = Process(self.folder / f"{name}-{number}", *words, settings=self.settings(name)).start()
        self._stack.callback(process.stop)
        url = f"http://127.0.0.1:{words[words.index('--port') + 1]}/health/live"

        def healthy() -> bool | None:
            try:
                return True if httpx.get(url, timeout=5).status_code == 200 else None
            except httpx.TransportError:
                return None

        process.wait(healthy, "it is healthy")
        self.running[f"{name}-{number}"] = process
        return process

    def settings(self, name: str) -> dict[str, str]:
        """The environment of a service, with addresses and folders of this machine for those of containers."""
        return {key: self._here(str(value)) for key, value in self.services[name]["environment"].items()}

    def store(self, user: str) -> str:
        return f"clickhouse://{user}@{self.clickhouse.address}/pantau"

    def close(self) -> None:
        self._stack.close()

    def _words(self, name: str, words: list[str]) -> list[str]:
        """A command line as this machine needs it: loopback, a free port, the addresses of this machine."""
        found = [self._here(word) for word in words]
        if "--host" in found:
            found[found.index("--host") + 1] = "127.0.0.1"
            found[found.index("--port") + 1] = self._ports[name]
        settings = self.settings(name)
        return [re.sub(r'"?\$(\w+)"?', lambda variable: settings[variable[1]], word) for word in found]

    def _here(self, text: str) -> str:
        places = {
            "kafka:9092": self.kafka.bootstrap,
            "clickhouse:9000": self.clickhouse.address,
            "http://gateway:8320": self.urls["gateway"],
            "/run/secrets/": f"{self.folder}/deploy/secrets/",
            "/etc/pantau/": f"{self.folder}/{self.variables['REGISTRY_DIR']}/",
            "/var/lib/pantau/": f"{self.folder}/gateway-volume/",
        }
        for there, here in places.items():
            text = text.replace(there, here)
        return text


@contextmanager
def installation(folder: Path, variables: Mapping[str, str]) -> Iterator[Installation]:
    made = Installation(folder, variables)
    try:
        made.start_servers()
        yield made
    finally:
        made.close()


def wait_for(find: Any, what: str) -> Any:
    """What ``find`` finds once it finds something."""
    found: list[Any] = []

    def look() -> bool:
        found[:] = [find()]
        return found[0] is not None

    eventually(look, what)
    return found[0]
