"""The fault menu of a run."""

from typing import Final

from tests.simulation.faults import house, market, venue
from tests.simulation.faults.fault import Fault

MENU: Final = (
    *(Fault(f"a venue is {each}", 4, venue.at_a_venue(each)) for each in ("down", "mute", "unreachable")),
    *(
        Fault(f"a venue is {each}", 2, venue.at_a_venue(each))
        for each in ("lying", "half lying", "slow", "hanging", "skewed")
    ),
    *(Fault(f"a venue has {each}", 1, venue.at_a_venue(each)) for each in ("no acks", "limiting", "banning")),
    Fault("a venue refuses an instrument", 2, venue.refuse),
    Fault("a stream is mute", 1, venue.mute_one),
    Fault("a venue closes its sessions", 4, venue.close),
    Fault("a session fails", 2, venue.fail),
    Fault("a venue announces its end", 2, venue.announce),
    Fault("all venues are mute", 1, market.together("mute")),
    Fault("all venues are down", 1, market.together("down")),
    Fault("swizzle-clogging", 1, market.swizzle_clog),
    Fault("a quiet market", 1, market.quiet_market),
    Fault("a worker crashes", 2, house.crash),
    Fault("a worker stands still", 2, house.pause),
    Fault("our clock is wrong", 1, house.wrong_clock),
    *(Fault(f"Redis is {each}", 1, house.redis(each)) for each in ("down", "hung", "slow")),
    Fault("Redis has old data", 1, house.old_redis),
    Fault("the database is away", 2, house.no_database),
    Fault("volatility", 2, house.unsettle),
    Fault("an admin orders anew", 2, house.administer),
    Fault("an admin changes every line", 1, house.change_lines),
)
