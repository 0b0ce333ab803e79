"""A seeded world of public service offices: what their queue machines and registers would have sent.

Everything here is a pure function of (world, seed): the same seed gives the same events to the byte, and one unit's
day can be made on its own. ``stream.events`` is the way in; ``faults.with_faults`` makes the sources lie, repeat
themselves and fall silent.
"""
