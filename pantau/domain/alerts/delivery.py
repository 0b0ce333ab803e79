"""What follows from an attempt to deliver a message: done, again later, or never. Chance comes as an argument."""

from typing import Final, Literal

import msgspec

from pantau.domain.zones import HOUR, MINUTE

Outcome = Literal["sent", "retry", "unclear", "refused"]
"""Taken over; not now; nobody knows whether it arrived; will never be taken over."""

State = Literal["queued", "sent", "delivered", "read", "dead", "dropped"]
"""Waits; taken over by the service; on the telephone; seen; will reach nobody; overtaken by events."""

FIRST_WAIT_MS: Final = 5_000
LONGEST_WAIT_MS: Final = 15 * MINUTE
GIVES_UP_AFTER_MS: Final = 24 * HOUR
UNCLEAR_WAIT_MS: Final = 2 * MINUTE
IN_DOUBT: Final = "no answer"
"""So begins the note of an attempt after which nobody knows whether the message arrived."""

STALE_MS: Final = 4 * HOUR
"""So long after it was due, news of a fall that has ended meanwhile is not sent any more."""


class Attempt(msgspec.Struct, frozen=True):
    """How one attempt went: ``note`` is the receipt or the reason, ``retry_after_ms`` what the other side asked for."""

    outcome: Outcome
    note: str = ""
    retry_after_ms: int | None = None


class Next(msgspec.Struct, frozen=True):
    """The state of a delivery after an attempt, and from when on it is tried again (ms UTC)."""

    state: State
    next_at: int


def after(attempt: Attempt, *, attempts: int, due_at: int, now: int, draw: float, was_in_doubt: bool = False) -> Next:
    """What to do after the ``attempts``-th attempt (counted from 1); ``draw`` in [0, 1) spreads those who wait.

    ``was_in_doubt`` says that nobody knows of an earlier attempt whether it arrived.

    Full jitter over 5 s, 10 s, 20 s … at most 15 minutes, never less than the other side asked for, until 24 hours
    after the message was due. Where nobody knows whether it arrived it is sent once more after two minutes, and taken
    for sent if that ends in doubt too.
    """
    if attempt.outcome == "sent":
        return Next("sent", now)
    if attempt.outcome == "refused":
        return Next("dead", now)
    if attempt.outcome == "unclear":
        return Next("sent", now) if was_in_doubt else Next("queued", now + UNCLEAR_WAIT_MS)
    if now - due_at > GIVES_UP_AFTER_MS:
        return Next("dead", now)
    longest = min(FIRST_WAIT_MS << min(attempts - 1, 20), LONGEST_WAIT_MS)
    wait = max(round(longest * draw), 1_000, attempt.retry_after_ms or 0)
    return Next("queued", now + wait)
