"""The rounds that read replies: each bot is asked, and what came by any way is read."""

from collections.abc import Callable

from pantau.alerting.replying import Replying
from pantau.alerting.telegram import bots
from pantau.domain.errors import BadSetup
from pantau.embedded.alerting import Alerting
from pantau.embedded.rounds import Round

READ_SECONDS = 2.0
POLL_SECONDS = 0.5


def reply_rounds(alerting: Alerting) -> list[Round]:
    """What is to be done again and again for the book of these alerts; nothing where it lets nobody reply.

    Raises BadSetup without a secret: who replied is kept as a keyed digest.
    """
    if not alerting.book.replies:
        return []
    if not alerting.secret:
        raise BadSetup("who replies is kept as a keyed digest: set PANTAU_SECRET or PANTAU_SECRET_FILE")
    replying = Replying(alerting.tables, alerting.registry, alerting.clock, secret=alerting.secret)
    polls = bots(alerting.book, alerting.tables, secret=alerting.secret)
    return [
        Round("reading", READ_SECONDS, lambda stop: replying.read(alerting.book)),
        *(Round(f"asking bot {number}", POLL_SECONDS, _asking(poll)) for number, poll in enumerate(polls)),
    ]


def _asking(poll: Callable[[], object]) -> Callable[[Callable[[], bool]], object]:
    return lambda stop: poll()
