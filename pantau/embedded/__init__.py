"""The embedded runtime: one process, one data directory, no servers."""
