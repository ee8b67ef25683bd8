"""Where log lines go: to standard error, so that what commands print stays clean; as text for people or as JSON for collectors.

Never with the values of a traceback's variables, which would be keys and what people typed.
"""

import sys

import structlog
from structlog.typing import Processor

WITHOUT_LOCALS = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def configure(log_format: str) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *(as_json() if log_format == "json" else as_text()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def as_json() -> list[Processor]:
    return [WITHOUT_LOCALS, structlog.processors.JSONRenderer()]


def as_text() -> list[Processor]:
    """Left to itself structlog takes what shows variables, as soon as that happens to be installed."""
    plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    return [structlog.processors.StackInfoRenderer(), plain]
