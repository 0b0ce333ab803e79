"""``pantau alerts run``: looks for alerts on a server's tables, delivers them, reads replies, and tells the bus."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, start_http_server

from pantau.alerting.announcing import Announcing
from pantau.alerting.recipients import book_of_a_file, read_address_book
from pantau.distributed.address import brokers
from pantau.domain.errors import BadSetup
from pantau.embedded.alerting import Alerting, watching
from pantau.embedded.desk import Desk
from pantau.embedded.evaluating import evaluating
from pantau.embedded.replies import reply_rounds
from pantau.embedded.rounds import Round, Rounds
from pantau.settings import Settings
from producers.rounds import stopped_by_signals

ANNOUNCE_SECONDS = 5.0


def run_notifier(
    desk: Desk, settings: Settings, *, host: str, port: int, on_start: Callable[[], None] = lambda: None
) -> None:
    """Work until SIGINT or SIGTERM, with metrics on a port of its own.

    Raises BadSetup for settings that are missing or wrong, and where another process looks for alerts itself.
    """
    alerting = getattr(desk, "alerting", None)
    if not isinstance(alerting, Alerting):
        raise BadSetup("the process that owns this directory looks for alerts itself")
    addresses = settings.alert_addresses
    alerting.book = read_address_book(addresses) if addresses else book_of_a_file(Path("alerts.txt"))
    if settings.page_url and not alerting.secret:
        raise BadSetup("links to alerts are signed: set PANTAU_SECRET or PANTAU_SECRET_FILE, the same as for the page")
    alerting.page = settings.page_url or ""
    with ExitStack() as stack:
        rounds = [*_announcing(alerting, settings, stack), *reply_rounds(alerting)]
        metrics = CollectorRegistry()
        told = Gauge(
            "pantau_notifier_round_timestamp_seconds",
            "When a round last went well: alerting looks, delivering tries to deliver, announcing tells the bus.",
            ("round",),
            registry=metrics,
        )
        server, thread = start_http_server(port, host, registry=metrics)
        stack.callback(thread.join)
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        stop = stack.enter_context(stopped_by_signals())
        stack.enter_context(
            Rounds(*watching(alerting), *rounds, on_round=lambda name: told.labels(name).set_to_current_time())
        )
        stack.enter_context(Rounds(evaluating(desk)))
        on_start()
        stop.wait()


def _announcing(alerting: Alerting, settings: Settings, stack: ExitStack) -> list[Round]:
    """The round that tells the bus; none without one."""
    if settings.bus is None:
        return []
    from producers.alert_events import AlertPublisher  # Kafka's client is loaded only where something is sent

    publisher = AlertPublisher(brokers(settings.bus))
    stack.callback(publisher.close)
    announcing = Announcing(alerting.tables, alerting.clock, publisher.publish)
    return [Round("announcing", ANNOUNCE_SECONDS, lambda stop: announcing.announce())]
