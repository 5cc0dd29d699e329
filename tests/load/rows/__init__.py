"""The rows by name. A name of two words is a variant of the row of its first one."""

from tests.load.row import Row
from tests.load.rows import c01, c02, c03, c07, c08, c09, c10, peers, redis

ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        c01.ROW,
        peers.GROUP_SEND,
        peers.BROADCAST_500,
        c02.WEB,
        c02.BROADCAST,
        peers.BROADCAST_1000,
        c03.WEB,
        c03.BROADCAST,
        c07.WEB,
        c07.BROADCAST,
        c08.ROW,
        c09.ROW,
        c10.ROW,
        redis.ROW,
    )
}
