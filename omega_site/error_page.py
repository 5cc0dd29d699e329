"""Django's error pages and reports, which never show what a view marked as sensitive, nor what a coroutine holds."""

import inspect
from collections.abc import ItemsView
from types import FrameType
from typing import Any, Final

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter

_ASYNCHRONOUS: Final = inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR


class AlwaysDiscreet(SafeExceptionReporterFilter):
    """By itself Django shows everything while DEBUG is on, API credentials too."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: FrameType) -> ItemsView[str, Any]:
        """What a view asks a venue, signed, goes through coroutines: ours, and those of the libraries that send it.

        Django hides what a function calls along with it, but does not find out who had called a coroutine.
        """
        if _is_within_coroutine(tb_frame):
            return dict.fromkeys(tb_frame.f_locals, self.cleansed_substitute).items()
        return super().get_traceback_frame_variables(request, tb_frame)


def _is_within_coroutine(frame: FrameType | None) -> bool:
    while frame is not None and not frame.f_code.co_flags & _ASYNCHRONOUS:
        frame = frame.f_back
    return frame is not None
