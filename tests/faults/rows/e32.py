"""E32: every venue is down for five minutes: nothing is made up, a person is told, and it is over at once."""

from datetime import datetime

from feeds.venues import REGISTRY
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage
from tests.waiting import wait_for

LEAD = "binance"
# The outage is compressed; how long the way back takes is measured at the world's speed.
SPEED = 20.0
DOWN_S = 300.0
ALERTED_WITHIN_S = 15.0
# A frame that was on its way when the line was cut.
AFTERMATH_S = 1.0


async def _play(ground: Ground) -> Run:
    async with stage(ground, speed=SPEED) as on:
        async with on.feeding(LEAD):
            down_at = await _go_down(on)
            alerted_at = await _alerted(on)
            await on.clock.sleep(max(0.0, DOWN_S * ground.lasting - (on.clock.now() - down_at).total_seconds()))
            on.clock.change(1.0)
            back_at = on.clock.now()
            on.exchange.faults.clear()
            await on.delivered(1)
        return await _run(on, down_at, alerted_at, back_at)


async def _go_down(on: Stage) -> datetime:
    on.exchange.faults.set("*", "refuse")
    on.exchange.faults.set("*", "refuse_rest")
    on.exchange.faults.set("*", "hang_up")
    down_at = on.clock.now()
    await on.proved(lambda: not on.exchange.open_connections, "a connection stayed open")
    refused = on.exchange.faults.hits
    await on.proved(
        lambda: all(refused[code, "refuse"] or refused[code, "refuse_rest"] for code in REGISTRY),
        "not every venue was tried in vain",
    )
    return down_at


async def _alerted(on: Stage) -> datetime:
    """When a person was told that there is no venue."""

    async def look() -> datetime | None:
        alerts = (await on.observer.feed()).alerts
        return next((alert.raised_at for alert in alerts if alert.kind == "no_venue"), None)

    return await wait_for(look)


async def _run(on: Stage, down_at: datetime, alerted_at: datetime, back_at: datetime) -> Run:
    complaints = []
    if (alerted := (alerted_at - down_at).total_seconds()) > ALERTED_WITHIN_S:
        complaints.append(f"alert after {alerted:.1f} s")
    shown = [trade.received_at for trade in await on.shown()]
    if any((at - down_at).total_seconds() > AFTERMATH_S and at < back_at for at in shown):
        complaints.append("a price was made up")
    recovered = min((at for at in shown if at >= back_at), default=None)
    figure = (recovered - back_at).total_seconds() if recovered else None
    return (await on.books()).as_run(figure, *complaints)


ROW = Row("E32", "all seven venues down for 5 min, then back", "s", 2.0, _play)
