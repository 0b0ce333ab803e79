"""Our own log: structured lines on stderr, never an event's content."""

import contextlib
import logging
import sys
import time

import structlog


class _Stderr:
    """Standard error, on which a line that cannot be written stops nothing: a full disk must not end who reports it."""

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            sys.stderr.flush()


def to_stderr() -> None:
    """Send log lines to stderr: readable on a terminal, JSON otherwise. What is only for finding faults is left out."""
    terminal = sys.stderr.isatty()
    renderer: structlog.types.Processor = (
        structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),  # type: ignore[arg-type]  # all that is used of it
    )


QUIET_SECONDS = 30.0
"""How long a library's warning is not repeated: a broker that is away is told hundreds of times a second otherwise."""


class _Libraries(logging.Handler):
    """Warnings of libraries as lines of our own log, each wording once in a while."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._told: dict[tuple[str, str], float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        key = (record.name, str(record.msg))
        now = time.monotonic()
        if now - self._told.get(key, -QUIET_SECONDS) < QUIET_SECONDS:
            return
        self._told[key] = now
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger(record.name).warning(
            record.getMessage(), **({"error": repr(error)} if error is not None else {}), library=record.name
        )


def libraries_to_stderr() -> None:
    """Send what libraries log as a warning or worse the same way; call after :func:`to_stderr`."""
    logging.basicConfig(level=logging.WARNING, handlers=[_Libraries()], force=True)
