"""A deliverer as a process of its own, to be killed: ``python -m tests.alerts.deliverer DIRECTORY URL``.

It puts the same forty messages into the outbox at every start, as a plan that is made again does, and delivers until
all are sent. Leases are short here, so that the test need not wait a minute.
"""

import sys
import time
from pathlib import Path

from pantau.alerting import delivery
from pantau.alerting.recipients import AddressBook
from storage.alert_reading import Sent
from storage.alerts import AlertTables
from storage.chdb_engine import ChdbEngine
from storage.migrate import migrate
from tests.alerts.world import REGISTRY

MESSAGES = 40


def main(directory: str, url: str) -> None:
    """Deliver until everything is sent."""
    delivery.LEASE_MS = 200  # type: ignore[misc]
    engine = ChdbEngine(Path(directory))
    migrate(engine)
    tables = AlertTables(engine)

    def now() -> int:
        return time.time_ns() // 1_000_000

    known = {sent.key for sent in tables.outbox(since=0)}
    due = now()
    tables.post(
        Sent(f"k{i}", "camat/0", "fall", "camat", "u0", f"a{i}", due, f"🔻 {i}", "", next_at=due)
        for i in range(MESSAGES)
        if f"k{i}" not in known
    )
    deliverer = delivery.Delivery(tables, now)
    book = AddressBook(roles={"camat": [f"{url}/ok"]})
    while any(sent.state == "queued" for sent in tables.outbox(since=0)):
        deliverer.deliver(REGISTRY, book)
        time.sleep(0.01)
    engine.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
