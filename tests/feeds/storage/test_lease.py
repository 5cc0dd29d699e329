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


def test_one_of_many_claimers_wins() -> None:
    """W5: whoever comes at the same time, first or after an expiry, one gets it, and the fence rises by one."""
    fences = []
    for _ in range(5):
        fences.append(claim_at_once("feed:main"))
        expire("feed:main")
    assert fences == [[1], [2], [3], [4], [5]]


def test_held_lease_is_not_given_away() -> None:
    """W5: not even to its holder, who has to renew instead."""
    assert lease.claim("feed:main", "a") == 1
    assert lease.claim("feed:main", "b") is None
    assert lease.claim("feed:main", "a") is None


def test_holder_that_was_taken_over_cannot_renew() -> None:
    """W3 W4: after its expiry and a new claim the old fence is worth nothing."""
    lease.claim("feed:main", "a")
    expire("feed:main")
    assert lease.claim("feed:main", "b") == 2
    assert not lease.renew("feed:main", "a", 1)
    assert lease.renew("feed:main", "b", 2)


def test_same_holder_of_an_earlier_life_cannot_renew() -> None:
    """W4: a holder that comes back under its old name has a new fence."""
    lease.claim("feed:main", "a")
    expire("feed:main")
    assert lease.claim("feed:main", "a") == 2
    assert not lease.renew("feed:main", "a", 1)


def test_renewal_puts_the_expiry_off() -> None:
    """W1: six seconds from the renewal on."""
    lease.claim("feed:main", "a")
    expire("feed:main")
    assert lease.renew("feed:main", "a", 1)
    assert lease.claim("feed:main", "b") is None


def test_released_lease_is_free_at_once() -> None:
    """W2: a successor need not wait for the expiry; the fence goes on rising."""
    lease.claim("feed:main", "a")
    lease.release("feed:main", "a", 1)
    assert lease.claim("feed:main", "b") == 2


def test_release_by_a_former_holder_changes_nothing() -> None:
    """W4: a zombie cannot free its successor's lease."""
    lease.claim("feed:main", "a")
    expire("feed:main")
    lease.claim("feed:main", "b")
    lease.release("feed:main", "a", 1)
    assert lease.claim("feed:main", "c") is None


def test_unheld_are_those_that_are_new_expired_or_released() -> None:
    """W1: what a worker's timer starts."""
    for resource in ("held", "expired", "released"):
        lease.claim(resource, "a")
    expire("expired")
    lease.release("released", "a", 1)
    assert lease.unheld(["held", "expired", "released", "new"]) == ["expired", "new", "released"]
