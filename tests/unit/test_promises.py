"""How a promise is judged: whose deadline, which version, to the millisecond, and what is not judged at all."""

from datetime import UTC, date, datetime

import pytest

from pantau.domain.registry import Holiday, Standard
from pantau.domain.visits import FINISHED, LEAVERS
from pantau.domain.zones import DAY, HOUR, MINUTE
from tests.strategies import MONDAY, registry, ticket
from tests.unit.lives import app, at, visit


def test_the_deadline_the_source_gave_wins_over_the_registry() -> None:
    due = datetime.fromtimestamp((at(0) + 30 * DAY) / 1000, UTC)
    late_by_registry = [app("submitted", at(0), service="izin", due=due), app("issued", at(0) + 20 * DAY)]
    found = visit(*late_by_registry)
    assert (found.promise, found.due_at, found.kept) == ("due", at(0) + 30 * DAY, 1)
    without = visit(app("submitted", at(0), service="izin"), late_by_registry[1])
    assert (without.promise, without.kept) == ("turnaround_working", 0)


@pytest.mark.parametrize(("late_ms", "kept"), [(0, 1), (1, 0)])
def test_a_deadline_is_kept_to_the_millisecond(late_ms: int, kept: int) -> None:
    due = datetime.fromtimestamp(at(60) / 1000, UTC)
    assert visit(app("submitted", at(0), due=due), app("issued", at(60) + late_ms)).kept == kept


def test_working_days_are_due_at_closing_time_of_the_last_one() -> None:
    #  Mon 30 Mar submitted | Tue 31: 1 | Wed 1 Apr: holiday | Thu 2: 2, due 16:00
    thursday_1600 = datetime(2026, 4, 2, 9, 0, tzinfo=UTC)
    due = int(thursday_1600.timestamp() * 1000)
    found = visit(app("submitted", at(0), service="izin"), app("issued", due))
    assert (found.promise, found.due_at, found.kept) == ("turnaround_working", due, 1)
    assert visit(app("submitted", at(0), service="izin"), app("issued", due + 1)).kept == 0
    without_holiday = registry(holidays=())
    assert visit(app("submitted", at(0), service="izin"), app("issued", due), registry=without_holiday).kept == 0


@pytest.mark.parametrize(("wait", "kept"), [(15, 1), (15 + 1 / 60_000, 0)])
def test_a_limit_is_kept_to_the_millisecond(wait: float, kept: int) -> None:
    found = visit(ticket("created", at(0), service="ktp"), ticket("started", at(wait)), ticket("ended", at(30)))
    assert (found.promise, found.promise_ms, found.kept) == ("wait_to_start", 15 * MINUTE, kept)


def test_a_promise_is_judged_by_the_version_valid_when_the_visit_was_created() -> None:
    #  until 29 Mar: 5 min    from 30 Mar: 20 min    created 30 Mar 00:30 in Jakarta, which is 29 Mar in UTC
    changed = registry(
        standards=(
            Standard(measure="wait_to_start", limit_ms=5 * MINUTE, valid_to=date(2026, 3, 29)),
            Standard(measure="wait_to_start", limit_ms=20 * MINUTE, valid_from=date(2026, 3, 30)),
        )
    )
    midnight = MONDAY - 7 * HOUR
    for created, limit in ((midnight - 1, 5), (midnight, 20)):
        found = visit(
            ticket("created", created),
            ticket("started", created + 10 * MINUTE),
            ticket("ended", at(0)),
            registry=changed,
        )
        assert (found.promise_ms, found.kept) == (limit * MINUTE, int(limit == 20))


def test_the_last_service_named_is_the_one_that_is_promised() -> None:
    found = visit(
        ticket("created", at(0), service="kk"), ticket("started", at(14), service="ktp"), ticket("ended", at(30))
    )
    assert (found.service, found.promise, found.kept) == ("ktp", "wait_to_start", 1)


@pytest.mark.parametrize(("leavers", "kept"), [(None, 0), ("counted", 0), ("not_counted", None)])
def test_leavers_count_as_a_broken_promise_where_the_standard_counts_them(
    leavers: str | None, kept: int | None
) -> None:
    promised = registry(standards=(Standard(measure="wait_to_start", limit_ms=HOUR, leavers=leavers),))  # type: ignore[arg-type]
    for said in ("cancelled", "left"):
        found = visit(ticket("created", at(0)), ticket(said, at(5)), registry=promised)
        assert (found.outcome in LEAVERS, found.kept) == (True, kept)


def test_without_a_creation_nothing_is_promised() -> None:
    assert visit(ticket("started", at(5), service="ktp"), ticket("ended", at(9))).promise is None


def test_a_promise_about_a_time_that_is_unknown_is_not_judged() -> None:
    found = visit(ticket("created", at(0), service="ktp"), ticket("ended", at(9)))
    assert (found.promise, found.outcome in FINISHED, found.kept) == ("wait_to_start", True, None)


def test_a_holiday_elsewhere_does_not_move_a_deadline() -> None:
    elsewhere = Holiday(day=date(2026, 3, 31), name="Hari jadi", kind="libur_daerah", kabupaten="99.99")
    submitted = app("submitted", at(0), service="izin")
    assert (
        visit(submitted, registry=registry(holidays=(elsewhere,))).due_at
        == visit(submitted, registry=registry(holidays=())).due_at
    )
