"""The pages. The dashboard is complete as it leaves the server; the socket only keeps it so."""

from datetime import datetime, timedelta
from typing import Any, Final

from asgiref.sync import async_to_sync
from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_required, user_passes_test
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dashboard.answer import json_answer
from dashboard.feed.board import STALE_AFTER, Board
from dashboard.feed.history import WIDTHS, encoded_bars
from dashboard.feed.messages import Price
from dashboard.feed.parts import Source
from dashboard.feed.reader import read_board, stored_board
from dashboard.system.banner import lines
from dashboard.system.health import health_of, redis_status_of
from dashboard.system.operation import groups
from dashboard.system.system import UNHEALTHY, System, judge
from dashboard.system.watch import WATCH
from feeds.clock import SystemClock
from feeds.queries import shown_feed, shown_feeds
from feeds.storage.servers import addresses

# Lightweight Charts puts one constant <style> for its attribution logo into the page; this is the hash of it.
CHART_STYLE: Final = "'sha256-3pRED1tOXas1FXFoPb9TGCjmYe9XQsmO9OV23khV2nY='"
# The operator's page loads itself again.
REFRESH_S: Final = 5


@require_safe
@login_required
@cache_control(private=True, no_store=True)
@csp_update({"style-src": [CHART_STYLE]})
def dashboard(request: HttpRequest) -> HttpResponse:
    clock, feeds, seen = SystemClock(), shown_feeds(), WATCH.system()
    # Who kept the address of a feed that is gone is shown the first one.
    feed = asked if (asked := request.GET.get("feed", "")) in feeds else ""
    # Only servers that answer are asked: nobody waits for one that hangs, nor tries a password that one refuses.
    urls = [url for name, url in addresses().items() if seen.is_up(name)]
    board = async_to_sync(read_board)(feed, clock, *urls) if urls else stored_board(feed, clock.now())
    board.take_notes(lines(seen))
    now = clock.now()
    shown = _shown_instrument(board, request.GET.get("instrument", ""), now)
    context = {"board": board, "feeds": feeds, "mode": mode(), "now": now, "widths": WIDTHS, **shown}
    return render(request, "dashboard/dashboard.html", {**context, "stale_after": STALE_AFTER})


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def candle_bars(request: HttpRequest, instrument: str) -> HttpResponse:
    """Bars of the last hours in which there was trade: JSON, oldest first."""
    feed, width = shown_feed(request.GET.get("feed", "")), request.GET.get("width", "1m")
    if feed is None or instrument not in {known.code for known in feed.instruments} or width not in WIDTHS:
        raise Http404("This is not shown.")
    return HttpResponse(encoded_bars(feed, instrument, width, SystemClock().now()), content_type="application/json")


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return render(request, "dashboard/notices.html", {"mode": mode()})


@require_safe
@user_passes_test(lambda user: user.is_active and user.is_staff, login_url="login")
@cache_control(private=True, no_store=True)
def system(request: HttpRequest) -> HttpResponse:
    """The operator's page: every part of the system, how it is, and what to do."""
    seen = WATCH.system()
    status, _ = judge(seen)
    context = {"groups": groups(seen), "status": status, "now": seen.now, "mode": mode(), "refresh_s": REFRESH_S}
    answer = render(request, "dashboard/system.html", context)
    answer["Refresh"] = str(REFRESH_S)
    return answer


@require_safe
@cache_control(no_store=True)
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and people: 503 when it is unhealthy. Only staff are told why."""
    seen = WATCH.system()
    answer = health_of(seen, _is_staff(request, seen))
    return json_answer(answer, 503 if answer.status == UNHEALTHY else 200)


@require_safe
@cache_control(private=True, no_store=True)
def redis_status(request: HttpRequest) -> HttpResponse:
    seen = WATCH.system()
    if not _is_staff(request, seen):
        return json_answer({"error": "Only staff may see this: log in first."}, 403)
    return json_answer(redis_status_of(seen))


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Says that this process answers. Asks nothing of Redis or the database."""
    return HttpResponse("ok", content_type="text/plain")


def mode() -> str:
    """What the banner says: are these the real exchanges?"""
    return "LIVE" if settings.OMEGA_MODE == "live" else "REPLAY"


def _is_staff(request: HttpRequest, seen: System) -> bool:
    """While the database is away everybody is a stranger, and nobody waits for it."""
    try:
        return bool(seen.has_database and request.user.is_active and request.user.is_staff)
    except Error:
        return False


def _shown_instrument(board: Board, asked: str, now: datetime) -> dict[str, Any]:
    """The instrument of the page with its price and its tape, newest trade first."""
    known = {instrument.code: instrument for instrument in board.feed.instruments}
    code = asked if asked in known else next(iter(known), "")
    price, source = board.prices.get(code), board.following.source(code)
    return {
        "instrument": known.get(code),
        "price": price,
        "source": source,
        "price_state": _price_state(price, source, now),
        "tape": [trade for _, trade in reversed(board.tapes.get(code, ()))],
    }


def _price_state(price: Price | None, source: Source, now: datetime) -> str:
    """What no venue delivers any more is not fresh, however young it is."""
    if price is None:
        return "empty"
    is_old = now - price.seen_at > timedelta(seconds=STALE_AFTER)
    return "stale" if is_old or not source.venue else "fresh"
