"""Alerts at work: closed half hours are evaluated, what was found is recorded, messages are put into the outbox.

Decisions are the core's (:mod:`pantau.domain.alerts`); this reads, asks the core, and writes.
"""
