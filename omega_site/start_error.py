"""A reason not to start: one sentence for the person at the terminal, which says what to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ImproperlyConfigured


class StartError(Exception):
    """Its text is shown as it is, without a traceback."""


@contextmanager
def environment_faults() -> Iterator[None]:
    """What Django and our settings say about a bad environment, as a StartError."""
    try:
        yield
    except ImproperlyConfigured as error:
        raise StartError(str(error)) from error
    except ValueError as error:
        reason = error.__cause__ or error
        raise StartError(f"Correct the environment or .env: a value cannot be used ({reason}).") from error
