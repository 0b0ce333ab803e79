"""Our own log: structured lines on stderr, never an event's content."""

import contextlib
import sys

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
    """Send log lines to stderr: readable on a terminal, JSON otherwise."""
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
        logger_factory=structlog.PrintLoggerFactory(_Stderr()),  # type: ignore[arg-type]  # all that is used of it
    )
