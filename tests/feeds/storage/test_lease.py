"""One holder at a time, by the database's clock, from real threads."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections

from feeds.models import Lease
from feeds.storage import lease
from feeds.storage.lease_clock import now

pytestmark = pytest.mark.django_db(transaction=True)
CLAIMERS = 6


def expire(resource: str) -> None:
    Lease.objects.filter(resource=resource).update(expires_at=now() - timedelta(seconds=1))


def claim_at_once(resource: str) -> list[int]:
    """The fences that a crowd of claimers got."""
    start = threading.Barrier(CLAIMERS)

    def claim(number: int) -> int | None:
        start.wait(5)
        try:
            return lease.claim(resource, f"holder {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLAIMERS) as pool:
        return [fence for fence in pool.map(claim, range(CLAIMERS)) if fence is not None]


def claimed(resource: str, holder: str) -> int:
    """The fence of one who finds it free."""
    fence = lease.claim(resource, holder)
    assert fence is not None
    return fence


def test_one_of_many_claimers_wins() -> None:
    """W5: whoever comes at the same time, first or after an expiry, one gets it, and the fence rises."""
    fences = []
    for _ in range(5):
        fences.append(claim_at_once("feed:main"))
        expire("feed:main")
    assert [len(each) for each in fences] == [1] * 5
    assert sorted(fences) == fences
    assert len({fence for each in fences for fence in each}) == 5


def test_held_lease_is_not_given_away() -> None:
    """W5: not even to its holder, who has to renew instead."""
    assert lease.claim("feed:main", "a")
    assert lease.claim("feed:main", "b") is None
    assert lease.claim("feed:main", "a") is None


def test_holder_that_was_taken_over_cannot_renew() -> None:
    """W3 W4: after its expiry and a new claim the old fence is worth nothing."""
    old = claimed("feed:main", "a")
    expire("feed:main")
    new = claimed("feed:main", "b")
    assert not lease.renew("feed:main", "a", old)
    assert lease.renew("feed:main", "b", new)


def test_same_holder_of_an_earlier_life_cannot_renew() -> None:
    """W4: a holder that comes back under its old name has a new fence."""
    old = claimed("feed:main", "a")
    expire("feed:main")
    assert claimed("feed:main", "a") > old
    assert not lease.renew("feed:main", "a", old)


def test_renewal_puts_the_expiry_off() -> None:
    """W1: six seconds from the renewal on."""
    fence = claimed("feed:main", "a")
    expire("feed:main")
    assert lease.renew("feed:main", "a", fence)
    assert lease.claim("feed:main", "b") is None


def test_released_lease_is_free_at_once() -> None:
    """W2: a successor need not wait for the expiry; the fence goes on rising."""
    fence = claimed("feed:main", "a")
    lease.release("feed:main", "a", fence)
    assert claimed("feed:main", "b") > fence


def test_release_by_a_former_holder_changes_nothing() -> None:
    """W4: a zombie cannot free its successor's lease."""
    old = claimed("feed:main", "a")
    expire("feed:main")
    lease.claim("feed:main", "b")
    lease.release("feed:main", "a", old)
    assert lease.claim("feed:main", "c") is None


def test_unheld_are_those_that_are_new_expired_or_released() -> None:
    """W1: what a worker's timer starts."""
    lease.claim("held", "a")
    lease.claim("expired", "a")
    expire("expired")
    lease.release("released", "a", claimed("released", "a"))
    assert lease.unheld(["held", "expired", "released", "new"]) == ["expired", "new", "released"]


def test_a_restored_database_does_not_fall_behind() -> None:
    """W4 D7: Redis remembers every fence that it was written with; a backup's are lower, and the next one is not."""
    seen = claimed("feed:main", "a")
    Lease.objects.update(fence=7, expires_at=None)
    assert claimed("feed:main", "b") >= seen
