"""Events handed to a pipeline as the runtime hands them: written to the log, then processed."""

from collections.abc import Sequence

from pantau.domain.accepted import accepted
from pantau.domain.events import Event
from pantau.embedded.pipeline import Flush, Pipeline


def take_batch(pipeline: Pipeline, events: Sequence[Event]) -> Flush:
    """One batch; its rows are in the tables after :meth:`Pipeline.drain`."""
    taken = accepted(events)
    pipeline.append(taken)
    return pipeline.process(taken)
