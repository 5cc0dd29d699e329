"""The figures of /metrics as Prometheus reads them. They are made at each scrape of what is known: no registry counts.

Workers and web processes count in Redis, where their sums are one (`feeds/storage/counts.py`), so any web process
tells the same, and a restart changes nothing. What only one process could know is not told.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from dashboard.system.measures import HOPS, PARTS, active_venues, venue_states
from dashboard.system.system import DEGRADED, HEALTHY, UNHEALTHY, System, judge
from feeds import tally
from feeds.queries import DatabaseLook
from feeds.tally import BUCKETS, DELAY_SUM_US, DELAYS, Series

_Told = Iterator[Metric]

# By count: what it is called, what it says, and how it is labelled.
_COUNTERS: Final[Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    tally.RECEIVED: ("trades_received", "Trades that venues sent.", ("venue",)),
    tally.ACCEPTED: ("trades_accepted", "Trades that are believed.", ("venue",)),
    tally.QUARANTINED: ("quarantined", "Trades and quotes that are doubted.", ("venue", "reason")),
    tally.REPEATED: ("trades_repeated", "Trades that came before.", ("venue",)),
    tally.REJECTED: ("rejected", "Trades, quotes and frames that were not taken.", ("venue", "reason")),
    tally.STORED: ("trades_stored", "New rows of trades in the database.", ("venue",)),
    tally.PUBLISHED: ("prices_published", "Prices written for readers.", ("venue",)),
    tally.QUOTES: ("quotes_received", "Quotes that venues sent.", ("venue",)),
    tally.FRAMES: ("frames_received", "Frames that venues sent.", ("venue",)),
    tally.FRAME_BYTES: ("received_bytes", "Bytes of these frames.", ("venue",)),
    tally.CONNECTS: ("connects", "Connections that delivered data.", ("venue",)),
    tally.SENT: ("socket_frames_sent", "Frames sent to clients.", ()),
    tally.SENT_BYTES: ("socket_sent_bytes", "Bytes of these frames.", ()),
    tally.DROPPED: ("socket_states_dropped", "States replaced before a client took them.", ()),
    tally.TOO_SLOW: ("socket_clients_too_slow", "Clients closed because they took too little.", ()),
    tally.ERRORS: ("errors", "Errors in the logs of web processes, workers and beat.", ()),
}
_STATUSES: Final = {HEALTHY: 2, DEGRADED: 1, UNHEALTHY: 0}
_WINDOWS: Final = ("1h", "6h")
# What workers run. A command that fetches the past holds other leases, and beat has one too.
_WORK: Final = ("feed:", "account:", "drain:")


class SystemCollector(Collector):
    """Of one look at the system."""

    def __init__(self, system: System) -> None:
        self._system = system

    def collect(self) -> _Told:
        for tell in (_counters, _operations, _delays, _health, _prices, _venues, _feeds, _redis, _stores):
            yield from tell(self._system)


def exposition(system: System, accept: str) -> tuple[bytes, str]:
    """The text and its type: OpenMetrics for who asks for it, else the older one."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(SystemCollector(system))
    encode, content_type = choose_encoder(accept)
    return encode(registry), content_type


def _counters(system: System) -> _Told:
    for name, (told_as, text, labels) in _COUNTERS.items():
        family = CounterMetricFamily(f"omega_{told_as}", text, labels=labels)
        for series, count in system.trend.counts.items():
            if series.name == name:
                family.add_metric(series[1 : 1 + len(labels)], count)
        if not labels and not family.samples:
            family.add_metric((), 0)
        yield family


def _operations(system: System) -> _Told:
    for name, text in ((tally.ATTEMPTS, "Operations that were tried."), (tally.FAILURES, "Operations that failed.")):
        family = CounterMetricFamily(f"omega_operation_{name}", text, labels=("part",))
        for part in PARTS:
            family.add_metric((part,), system.trend.total(name, part))
        yield family


def _delays(system: System) -> _Told:
    text = "How long a price took: venue, accept and log are of workers, handed and painted of web processes."
    family = HistogramMetricFamily("omega_delay_seconds", text, labels=("hop",))
    counts = system.trend.counts
    for hop in HOPS:
        total, buckets = 0, []
        for bucket in BUCKETS:
            total += counts.get(Series(DELAYS, hop, bucket), 0)
            bound = bucket if bucket == tally.BEYOND else str(float(bucket) / 1000)
            buckets.append((bound, float(total)))
        family.add_metric((hop,), buckets, counts.get(Series(DELAY_SUM_US, hop), 0) / 1_000_000)
    yield family


def _health(system: System) -> _Told:
    status = _STATUSES[judge(system)[0]]
    yield _gauge("health", "2 healthy, 1 degraded, 0 unhealthy.", status)
    yield _gauge("database_up", "Whether the database answers.", system.has_database)
    if system.shown and system.shown.clients is not None:
        yield _gauge("socket_clients", "Pages and programs that are connected to any process.", system.shown.clients)
    if stored := system.stored:
        yield _gauge("workers", "Processes that run a feed, an account or the drain of a log.", len(_workers(stored)))
        yield _gauge("dead_letters", "Trades that the database refused.", stored.dead_letters)


def _workers(stored: DatabaseLook) -> set[tuple[str, ...]]:
    """By host and process; behind them is the thread."""
    holders = (holder for resource, holder in stored.holders.items() if resource.startswith(_WORK))
    return {tuple(holder.split(":")[:2]) for holder in holders}


def _prices(system: System) -> _Told:
    ages = _labelled("price_age_seconds", "Since the venue said anything of it.", "feed", "instrument")
    prices = _labelled("price", "The shown price, rounded: for graphs.", "feed", "instrument")
    for labels, price in (system.shown.prices if system.shown else {}).items():
        ages.add_metric(labels, max(0.0, (system.now - price.seen_at).total_seconds()))
        prices.add_metric(labels, float(price.price))
    yield from (ages, prices)


def _venues(system: System) -> _Told:
    connected = _labelled("venue_connected", "Whether it delivers to any feed.", "venue")
    active = _labelled("venue_active", "Whether its price is shown.", "venue")
    ages = _labelled("venue_age_seconds", "Since it said anything.", "venue")
    skews = _labelled("venue_clock_skew_seconds", "How far its clock is ahead of ours.", "venue")
    for code, state in venue_states(system).items():
        connected.add_metric((code,), state.state == "connected")
        active.add_metric((code,), code in active_venues(system))
        if state.seen_at:
            ages.add_metric((code,), max(0.0, (system.now - state.seen_at).total_seconds()))
        if state.skew_ms is not None:
            skews.add_metric((code,), state.skew_ms / 1000)
    yield from (connected, active, ages, skews, _budgets(system))


def _budgets(system: System) -> Metric:
    """B-24: of each venue by our address, and of each account by its key, which is told by the account's number."""
    budgets = _labelled("rest_budget_used_ratio", "The share of its REST limit in use, 0 to 1.", "venue", "account")
    for code, used in (system.shown.budgets if system.shown else {}).items():
        budgets.add_metric((code, ""), used)
    for account in system.followed:
        if account.line:
            budgets.add_metric(("bitget", str(account.id)), account.line.budget_used)
    return budgets


def _feeds(system: System) -> _Told:
    leads = _labelled("feed_has_lead", "Whether a worker runs the feed and a venue leads it.", "feed")
    burns = _labelled("error_budget_burn", "How many times faster than 99.99 % allows.", "subject", "window")
    left = _labelled("error_budget_left_seconds", "Seconds of 30 days that may still be bad.", "subject")
    known = system.stored.feeds if system.stored else ()
    for feed in known:
        told = system.shown.feeds.get(feed) if system.shown else None
        leads.add_metric((feed,), bool(told and told.active) and feed not in system.unheld)
    for subject, seen in ((system.uptime and system.uptime.value) or {}).items():
        for window, burn in zip(_WINDOWS, (seen.burn_1h, seen.burn_6h), strict=True):
            burns.add_metric((subject, window), burn)
        left.add_metric((subject,), seen.budget_left_s)
    yield from (leads, burns, left)


def _redis(system: System) -> _Told:
    ups = _labelled("redis_up", "Whether the server answers.", "server")
    active = _labelled("redis_active", "Whether the log goes to it.", "server")
    latencies = _labelled("redis_latency_seconds", "Of the last call.", "server")
    memory = _labelled("redis_memory_bytes", "In use.", "server")
    limits = _labelled("redis_memory_limit_bytes", "What it may use.", "server")
    waiting = _labelled("log_waiting_entries", "Trades in its log that are not stored yet.", "server")
    oldest = _labelled("log_oldest_seconds", "How long the first of them has waited.", "server")
    for name, seen in system.servers.items():
        ups.add_metric((name,), system.is_up(name))
        active.add_metric((name,), name == system.active)
        if seen and seen.value and system.is_up(name):
            latencies.add_metric((name,), seen.value.latency_ms / 1000)
            memory.add_metric((name,), seen.value.memory)
            limits.add_metric((name,), seen.value.memory_max)
            waiting.add_metric((name,), seen.value.waiting)
            oldest.add_metric((name,), seen.value.oldest_s)
    yield from (ups, active, latencies, memory, limits, waiting, oldest)


def _stores(system: System) -> _Told:
    yield _gauge("spool_bytes", "Of the log, in files while no Redis server takes it.", system.spool.size)
    if system.spool.disk_total:
        yield _gauge("disk_free_bytes", "Of the data folder's disk.", system.spool.disk_free or 0)
        yield _gauge("disk_size_bytes", "Of the data folder's disk.", system.spool.disk_total)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"omega_{name}", text, value)


def _labelled(name: str, text: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"omega_{name}", text, labels=labels)
