"""A site as machines see it: its counts against the exchange's ledger, and what deploy/ asks it for.

One site for all of them: it takes a while to start.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, Final

import promql_parser as promql
import pytest
import yaml
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families as read_text

from omega_site.probes import free_port
from tests.faults.hanging import HangingSite
from tests.prepared import ROOT
from tests.system.stack import running_stack
from tests.waiting import wait_in_thread_until as wait_until

pytestmark = pytest.mark.system

PROMETHEUS = ROOT / "deploy" / "prometheus"
GRAFANA = ROOT / "deploy" / "grafana"
# What is appended to the name of a family, by its type: https://prometheus.io/docs/instrumenting/exposition_formats/
ENDINGS: Final = {"gauge": ("",), "counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HangingSite]:
    for stack in running_stack(tmp_path_factory.mktemp("site")):
        site = HangingSite(stack, free_port())
        stack.environment["HEALTH_CHECK_PORT"] = str(site.machine_port)
        stack.start_redis()
        stack.start_exchange()
        stack.migrate()
        stack.start_worker()
        site.start_web()
        yield site


def counters(site: HangingSite, name: str) -> Counter[str]:
    """Of each venue, all reasons together."""
    found = Counter[str]()
    for family in read_text(scrape(site)):
        for sample in family.samples:
            if sample.name == f"omega_{name}_total":
                found[sample.labels["venue"]] += int(sample.value)
    return +found


def scrape(site: HangingSite, accept: str = "text/plain") -> str:
    headers = {"Authorization": f"Bearer {site.token}", "Accept": accept}
    status, body = site.get("/metrics/prometheus", site.machine_port, headers)
    assert status == 200, body
    return body.decode()


def lost(sent: list[dict[str, Any]], logged: set[tuple[str, str]]) -> list[tuple[str, int]]:
    """Connections of which a trade is missing though an earlier and a later one came.

    What a venue sends before a session listens, and after it ended, comes to nobody.
    """
    came = defaultdict[tuple[str, int], str](str)
    for each in sent:
        came[each["venue"], each["connection"]] += "+" if (each["venue"], each["trade_id"]) in logged else " "
    return [connection for connection, trades in came.items() if " " in trades.strip()]


def test_counts_are_those_of_the_exchange(site: HangingSite) -> None:
    """F-21: received is what the exchange sent, and all of it is accounted for; stored is what is in the database."""
    stack = site.stack
    wait_until(lambda: len(stack.sent()) > 150, 30, "trades flow")
    stack.end("worker")
    logged = {(trade["venue"], trade["trade_id"]) for trade in stack.logged()}
    assert lost(stack.sent(), logged) == []
    sent = Counter(each["venue"] for each in stack.sent() if (each["venue"], each["trade_id"]) in logged)
    assert sent.total() > 100
    wait_until(lambda: counters(site, "trades_received") == sent, 5, "what was sent is counted")
    became = [counters(site, name) for name in ("trades_accepted", "quarantined", "trades_repeated", "rejected")]
    assert sum(became, Counter()) == sent
    stack.start_worker()
    logged = {(trade["venue"], trade["trade_id"]) for trade in stack.logged()}
    wait_until(lambda: stack.drained(logged), 20, "the log is drained")
    stack.end("worker")
    stored = Counter(row[0] for row in stack.rows("SELECT venue_id FROM feeds_trade"))
    wait_until(lambda: counters(site, "trades_stored") == stored, 5, "what is stored is counted")


def test_a_new_web_process_tells_the_same_counts(site: HangingSite) -> None:
    """No counter begins again with a process."""
    before = counters(site, "trades_received")
    site.stack.end("web")
    site.start_web()
    wait_until(lambda: counters(site, "trades_received") == before, 5, "the counts are there again")


def test_what_deploy_asks_for_is_told(site: HangingSite) -> None:
    """Every metric that the alerts and the dashboard name is one of a real scrape; all of it parses."""
    told = {f"{family.name}{ending}" for family in read_text(scrape(site)) for ending in ENDINGS[family.type]}
    assert {name for query in [*alert_queries(), *dashboard_queries()] for name in names_in(query)} - told == {"up"}


def test_the_alerts_cover_what_must_be_noticed() -> None:
    """V-13, B-24: burn rates, a feed without lead, a stale price, Redis, the backlog, workers, the disk, the limits."""
    wanted = {
        "omega_error_budget_burn",
        "omega_feed_has_lead",
        "omega_price_age_seconds",
        "omega_redis_up",
        "omega_log_oldest_seconds",
        "omega_workers",
        "omega_disk_free_bytes",
        "omega_rest_budget_used_ratio",
    }
    assert wanted <= {name for query in alert_queries() for name in names_in(query)}
    burns = [query for query in alert_queries() if "burn" in query]
    assert [("14.4" in query, "1h" in query) for query in burns] == [(True, True), (False, False)]
    assert "6h" in burns[1]


def test_prometheus_can_read_either_format(site: HangingSite) -> None:
    """L-13: counters end in _total, and OpenMetrics ends with its end."""
    text = scrape(site, "application/openmetrics-text; version=1.0.0")
    assert text.endswith("# EOF\n")
    assert [family.name for family in read_openmetrics(text)]  # type: ignore[no-untyped-call]


def test_prometheus_asks_where_the_site_answers(site: HangingSite) -> None:
    """The path of prometheus.yml is one, its rules are there, and its token is the monitoring token."""
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    assert job["authorization"]["type"] == "Bearer"
    assert job["metrics_path"] == "/metrics/prometheus"
    assert all((PROMETHEUS / name).exists() for name in config["rule_files"])


def test_the_port_for_machines_takes_no_pages_and_no_sockets(site: HangingSite) -> None:
    """L-10: neither a page nor a WebSocket; an address as Host is not refused there, and is by the pages."""
    for port in (site.machine_port, site.stack.web_port):
        assert site.get("/live", port, {"Host": "10.1.2.3:8080"}) == (200, b"ok")
    assert site.get("/", site.machine_port)[0] == 404
    assert site.get("/", site.stack.web_port, {"Host": "10.1.2.3"})[0] == 400
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    for path in ("/ws/", "/ws/v2/", "/health"):
        assert site.get(path, site.machine_port, {**upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="})[0] == 400


def alert_queries() -> list[str]:
    groups = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"]
    return [rule["expr"] for group in groups for rule in group["rules"]]


def dashboard_queries() -> list[str]:
    panels = json.loads((GRAFANA / "omega.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def names_in(query: str) -> set[str]:
    """The metrics that a query asks for."""
    names: set[str] = set()

    def note(node: Any) -> bool:
        if isinstance(node, promql.VectorSelector) and node.name:
            names.add(node.name)
        return True

    promql.walk(promql.parse(query), note)
    return names
