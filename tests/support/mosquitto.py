"""A real MQTT broker for tests: Debian's Mosquitto on a free loopback port, with a folder of its own.

It keeps sessions and messages over ``kill`` and ``start``: every change is written at once.
"""

import os
import shutil
import subprocess
from pathlib import Path

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

from tests.support.certificates import certificate
from tests.support.kafka import eventually, free_ports

_SETTINGS = """
listener {port} 127.0.0.1
persistence true
persistence_location {folder}/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
log_dest stderr
log_type error
log_type warning
"""


class Mosquitto:
    """One broker; ``password`` is of the user ``terminal``, without one everybody may do everything."""

    def __init__(self, folder: Path, *, password: str | None = None) -> None:
        self.folder = folder
        self.port = free_ports(1)[0]
        self.address = f"mqtt://127.0.0.1:{self.port}"
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        self.ca, key = certificate(folder)
        lines = _SETTINGS.format(port=self.port, folder=folder)
        if os.getuid() == 0:
            lines += "user root\n"  # else it becomes the user mosquitto, who may not enter the folder
        if password is None:
            lines += "allow_anonymous true\n"
        else:
            subprocess.run(
                ["mosquitto_passwd", "-b", "-c", str(folder / "passwords"), "terminal", password],
                check=True,
                capture_output=True,
            )
            lines += f"allow_anonymous false\npassword_file {folder / 'passwords'}\n"
        tls = free_ports(1)[0]
        self.tls_address = f"mqtts://127.0.0.1:{tls}"
        lines += f"listener {tls} 127.0.0.1\ncertfile {self.ca}\nkeyfile {key}\n"
        self._config = folder / "mosquitto.conf"
        self._config.write_text(lines)

    def start(self) -> None:
        """Return when the broker takes a message."""
        program = shutil.which("mosquitto", path=os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin")
        if program is None:
            raise RuntimeError("mosquitto is not installed; .ci/run names the Debian packages")
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program, "-c", str(self._config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        eventually(self._answers, f"the broker at {self.address}", lambda: (self.folder / "log").read_text())

    def kill(self) -> None:
        """End the broker as ``kill -9`` does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the broker."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def publish(self, topic: str, *payloads: str | bytes, qos: int = 1, retain: bool = False) -> None:
        """Publish, and return when the broker has taken all. Raises OSError where it is away."""
        client = self._client()
        try:
            sent = [client.publish(topic, payload, qos, retain) for payload in payloads]
            for each in sent:
                each.wait_for_publish(10)
                if not each.is_published():
                    raise ConnectionError("the broker did not take a message")
        finally:
            client.disconnect()
            client.loop_stop()

    def _client(self) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2)
        if self._password is not None:
            client.username_pw_set("terminal", self._password)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client

    def _answers(self) -> bool:
        try:
            self.publish("uji", "1")
        except (OSError, RuntimeError, ValueError):
            return False
        return True
