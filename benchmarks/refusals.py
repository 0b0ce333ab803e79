"""What a refusal costs: the same event accepted, refused by a rule of its unit or its time, and spoilt field by field.

``python -m benchmarks.refusals`` prints CPU time an event; compare the ratios.
"""

import time
from collections.abc import Callable

from pantau.domain.events import Event
from pantau.domain.registry import Hours, Registry, Source, Unit
from pantau.domain.rejections import Rejection
from pantau.domain.validation import accept, accept_data
from pantau.domain.wire import encode_raw
from pantau.domain.zones import DAY

EVENTS = 5_000
ROUNDS = 7
NOW = 1_790_000_000_000
SECRET = b"a secret of at least sixteen bytes"
IMPORT, LIVE = Source(name="antrean", live=False), Source(name="antrean", max_age_ms=7 * DAY)
REGISTRY = Registry(
    hours=[Hours(name="kantor", week=(((480, 960),),) * 5 + ((), ()))],
    units=[
        Unit(code=f"kec-{n}", name=f"Kec {n}", kecamatan="1", kabupaten="1", zone="Asia/Jakarta", hours="kantor")
        for n in range(17)
    ],
)


def judged(n: int, source: Source, **spoilt: object) -> Event | Rejection:
    """The n-th event of a file, judged as a replay judges it."""
    data = {"unit": "kec-3", "ticket": f"A{n}", "service": "ktp-el", "channel": "loket", "counter": "3", **spoilt}
    return accept_data(
        "ticket.created",
        data,
        id=f"A{n}/created",
        time=NOW - 4000 * DAY + n * 1000,
        registry=REGISTRY,
        source=source,
        now=NOW,
        secret=SECRET,
    )


def sent(n: int) -> Event | Rejection:
    """The same of an unknown unit, as JSON over HTTP."""
    raw = encode_raw("antrean", f"A{n}/created", "ticket.created", NOW + n, {"unit": "kec-33", "ticket": f"A{n}"})
    return accept(raw, registry=REGISTRY, source=IMPORT, now=NOW, secret=SECRET)


def cost(judge: Callable[[int], object]) -> float:
    """CPU time of one event in µs, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for n in range(EVENTS):
            judge(n)
        best = min(best, (time.process_time() - began) / EVENTS * 1e6)
    return best


def main() -> None:
    """Print the table."""
    accepted = cost(lambda n: judged(n, IMPORT))
    rows: list[tuple[str, Callable[[int], Event | Rejection]]] = [
        ("unknown unit", lambda n: judged(n, IMPORT, unit="kec-33")),
        ("unknown unit, as JSON over HTTP", sent),
        ("older than its source may be", lambda n: judged(n, LIVE)),
        ("a field too many", lambda n: judged(n, IMPORT, loket="3")),
        ("a wrong type", lambda n: judged(n, IMPORT, counter=3)),
    ]
    print(f"{'accepted':34}{accepted:8.1f} µs")
    for name, judge in rows:
        assert isinstance(judge(0), Rejection), name
        found = cost(judge)
        print(f"{name:34}{found:8.1f} µs{found / accepted:8.1f} x accepted")


if __name__ == "__main__":
    main()
