"""The collector of cyclic garbage, told how a process that works through batches makes objects."""

import gc


def spare_the_collector() -> None:
    """Collect cyclic garbage seldom: a batch makes hundreds of thousands of objects and none of them is in a cycle.

    Measured: with Python's own thresholds half of the time of merging went into collections that found nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(200_000, 50, 1_000)
