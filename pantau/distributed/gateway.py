"""``pantau gateway``: one process that takes events over HTTP and puts them on the bus, through a spool on its disk."""

import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from pantau.distributed.address import brokers, secret_key
from pantau.domain.errors import BadSetup
from pantau.gateway.followed_registry import FollowedRegistry
from pantau.gateway.metrics import GatewayMetrics
from pantau.gateway.relay import Relay
from pantau.gateway.relay_metrics import RelayMetrics
from pantau.secret_file import secret_of
from pantau.settings import Settings
from pantau.web.gateway_app import create_gateway_app
from pantau.web.server import bind, ignore_stop_signals, run, wall_clock
from producers.publishing import Publisher
from producers.spool import Spool


def run_gateway(settings: Settings, *, on_start: Callable[[str], None] = lambda url: None) -> None:
    """Serve until SIGINT or SIGTERM; then requests end, the bus is given what it takes, the rest stays in the spool.

    A bus that does not answer is no reason not to start. SIGHUP reads the registry file again. Raises BadSetup for a
    setting that is missing or wrong, NotNow when another gateway has the spool.
    """
    addresses = brokers(settings.bus)
    if settings.registry is None:
        raise BadSetup("a gateway needs the registry of its sources: --registry registry.toml, or PANTAU_REGISTRY")
    registry = FollowedRegistry(settings.registry)
    ignore_stop_signals()
    with ExitStack() as stack:
        listening = stack.enter_context(bind(settings.host, settings.port))
        spool = Spool(settings.spool_dir, limit_bytes=settings.spool_bytes)
        stack.callback(spool.close)
        secret = _secret(settings, settings.spool_dir)
        publisher = Publisher(addresses)
        # by then the relay has spooled what was not acknowledged, so there is nothing to wait for long
        stack.callback(publisher.close, timeout_seconds=1.0)
        metrics = GatewayMetrics()
        relay_metrics = RelayMetrics(metrics.registry)
        relay_metrics.follow_registry(lambda: registry.fault is not None)
        relay = stack.enter_context(
            Relay(
                publisher,
                spool,
                registry,
                patience_seconds=settings.spool_after_seconds,
                clock=wall_clock,
                secret=secret,
                metrics=relay_metrics,
            )
        )
        stack.enter_context(registry.followed())
        signal.signal(signal.SIGHUP, lambda signum, frame: registry.reload())

        def condition() -> Mapping[str, object]:
            now = relay.condition()
            return {
                "bus": now.bus,
                "spooled_events": now.spooled_events,
                "spool_bytes": now.spool_bytes,
                "set_aside_files": now.set_aside_files,
                "registry": "current" if registry.fault is None else "stale",
            }

        app = create_gateway_app(
            relay, settings.gateway_limits(), wall_clock, secret=secret, metrics=metrics, condition=condition
        )
        url = f"http://{settings.host}:{listening.getsockname()[1]}"
        run(app, listening, on_start=lambda: on_start(url))


def _secret(settings: Settings, directory: Path) -> bytes:
    """The key of pseudonyms and digests: the one that was given, else the one of this spool, made once."""
    return secret_of(directory) if settings.secret is None else secret_key(settings.secret.get_secret_value())
