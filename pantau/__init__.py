"""Pantau Layanan: live indicators of public service, from the events of its counters and systems."""
