"""E31: the best venue comes and goes for ten minutes. It is left once, and has to earn the price back."""

from functools import partial

from tests.faults.blindness import handovers, stale
from tests.faults.failover import LEAD
from tests.faults.ground import Ground
from tests.faults.row import Row, Run
from tests.faults.stage import Stage, stage

# Ten minutes take fifty seconds: two trades of each venue in a second of the feed's clock.
SPEED = 12.0
FLAPPING_S = 600.0
# 99.9 % of the seconds are fresh.
STALE_S = FLAPPING_S / 1000


async def _play(ground: Ground, up: float, down: float) -> Run:
    async with stage(ground, speed=SPEED) as on:
        async with on.feeding(LEAD):
            await _flap(on, FLAPPING_S * ground.lasting, up, down)
            on.exchange.faults.clear()
            await on.delivered(3)
        return await _run(on)


async def _flap(on: Stage, seconds: float, up: float, down: float) -> None:
    ends = on.clock.monotonic() + seconds
    await on.clock.sleep(up)
    while (left := ends - on.clock.monotonic()) > 0:
        on.exchange.faults.set(LEAD, "refuse")
        on.exchange.faults.set(LEAD, "hang_up")
        await on.proved(lambda: on.cuts(LEAD) and not _is_up(on), "the venue did not go down")
        await on.clock.sleep(min(down, left))
        on.exchange.faults.clear()
        await on.clock.sleep(min(up, max(0.0, ends - on.clock.monotonic())))


def _is_up(on: Stage) -> bool:
    return any(connection.venue == LEAD for connection in on.exchange.open_connections)


async def _run(on: Stage) -> Run:
    shown = await on.shown()
    seconds = stale(shown)
    complaints = [f"stale for {seconds:.1f} s"] if seconds > STALE_S else []
    return (await on.books()).as_run(len(handovers(shown)), *complaints)


def _row(name: str, up: float, down: float, switches: int, runs: int) -> Row:
    fault = f"flapping for 10 min, {up:g} s up and {down:g} s down"
    return Row(name, fault, "switches", switches, partial(_play, up=up, down=down), within=120.0, runs=runs)


# The slower ones do nothing that the first one does not, so fewer runs of them do.
PATTERNS = (
    _row("E31", 10.0, 10.0, 1, 30),
    _row("E31 90/10", 90.0, 10.0, 2, 10),
    _row("E31 400/10", 400.0, 10.0, 3, 10),
)
