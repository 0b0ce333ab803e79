"""The bank's calls, mapped, against a plain reading of the same rows."""

import csv
from pathlib import Path

from producers.mapping import Draft, compile, load, read

EXCERPT = Path(__file__).parent.parent / "data" / "bank_calls_1999" / "january1999_excerpt.csv"


def seconds(clock: str) -> int:
    hour, minute, second = map(int, clock.split(":"))
    return hour * 3600 + minute * 60 + second


def mapped() -> list[tuple[dict[str, str], dict[str, Draft]]]:
    mapping = load("bank_calls_1999")
    events = compile(mapping).events
    with EXCERPT.open(encoding="utf-8") as file:
        plain = list(csv.DictReader(file))
    drafts = [{draft.kind: draft for draft in events(row)} for _, row in read(EXCERPT, mapping)]
    return list(zip(plain, drafts, strict=True))


def test_calls_have_the_events_of_their_fate() -> None:
    served = {"ticket.created", "ticket.called", "service.started", "service.ended"}
    for row, drafts in mapped():
        queued = row["q_start"] != "0:00:00"
        match row["outcome"]:
            case "AGENT" if int(row["ser_time"]) > 0:
                assert drafts.keys() == served
            case "HANG" if queued:
                assert drafts.keys() == {"ticket.created", "ticket.cancelled"}
                assert drafts["ticket.cancelled"].data["by"] == "citizen"
            case "HANG":
                assert not drafts
            case _:
                assert drafts.keys() == {"ticket.created", "ticket.called", "ticket.no_show"}


def test_waits_and_services_are_the_seconds_of_the_file_also_past_midnight() -> None:
    past_midnight = 0
    for row, drafts in mapped():
        if not drafts:
            continue
        created = drafts["ticket.created"].time
        left = drafts.get("ticket.called") or drafts["ticket.cancelled"]
        queued = row["q_start"] != "0:00:00"
        wait = int(row["q_time"]) if int(row["q_time"]) >= 0 else 86_400 + int(row["q_time"])
        assert left.time - created == (wait * 1000 if queued else 0)
        assert drafts["ticket.created"].data["channel"] == ("queued" if queued else "direct")
        if "service.ended" in drafts:
            assert drafts["service.ended"].time - drafts["service.started"].time == int(row["ser_time"]) * 1000
            past_midnight += seconds(row["ser_exit"]) < seconds(row["ser_start"])
            if queued:
                assert abs(drafts["service.started"].time - created) < 3_600_000, "two clocks, not another day"
    assert past_midnight == 8


def test_the_first_call_to_the_millisecond() -> None:
    """1 January 1999, 00:00:36 in Jerusalem (+02:00)."""
    _, drafts = mapped()[0]
    assert drafts["ticket.created"].time == 915_141_636_000
    assert drafts["ticket.created"].id == "AA0101-33116/created"
    assert drafts["ticket.created"].data == {
        "unit": "bank",
        "ticket": "AA0101-33116",
        "service": "PS",
        "channel": "queued",
    }
