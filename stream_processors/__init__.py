"""The operators that turn batches of events into visits, facts and windows."""
