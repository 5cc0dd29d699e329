"""What a chart asks for: pages of bars, and what is marked on them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.answer import json_answer
from dashboard.chart.marks import marks_between
from dashboard.chart.moment import moment
from dashboard.feed.history import WIDTHS, encoded_bars
from feeds.clock import SystemClock
from feeds.queries import FeedView, shown_feed
from positions.queries.visible import visible_accounts


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def candle_bars(request: HttpRequest, instrument: str) -> HttpResponse:
    """A page of bars: JSON, oldest first. Without `before` those of the last hours in which there was trade."""
    feed, width = _shown(request, instrument), request.GET.get("width", "1m")
    before, now = request.GET.get("before"), SystemClock().now()
    before_at = None if before is None else moment(before)
    if width not in WIDTHS or (before is not None and before_at is None):
        raise Http404("There are no such bars.")
    encoded = encoded_bars(feed, instrument, width, now, before_at)
    return HttpResponse(encoded, content_type="application/json")


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def marks(request: HttpRequest, instrument: str) -> HttpResponse:
    """What happened `from` a time on, `to` another or now: of the feed, and of the accounts that the user may see."""
    feed, now = _shown(request, instrument), SystemClock().now()
    from_at, to_at = moment(request.GET.get("from", "")), moment(request.GET.get("to", f"{now.timestamp() + 1:.0f}"))
    if from_at is None or to_at is None:
        raise Http404("There is no such time.")
    return json_answer(marks_between(feed, instrument, visible_accounts(request.user), from_at, to_at))


def _shown(request: HttpRequest, instrument: str) -> FeedView:
    """The feed that is asked for, where it has this instrument."""
    feed = shown_feed(request.GET.get("feed", ""))
    if feed is None or instrument not in {known.code for known in feed.instruments}:
        raise Http404("This is not shown.")
    return feed
