"""Whether the Redis servers may hold what must not be lost: asked once, before the site opens."""

from typing import Any

from feeds.storage.redis import OPERATION_TIMEOUT_S, RedisDown, blocking_client, typed_errors
from omega_site.redis_addresses import Server
from omega_site.start_error import StartError


def refuse_unfit(urls: dict[Server, str]) -> None:
    """StartError for one that would forget, or that is there twice. One that is away is waited for by the workers."""
    found = {server: about for server, url in urls.items() if url and (about := _ask(url))}
    for server, about in found.items():
        if (policy := about["maxmemory_policy"]) != "noeviction":
            raise StartError(
                f"The {server} Redis forgets what it holds when it is full: its maxmemory-policy is {policy}. Set it "
                "to noeviction; it carries trades and tasks."
            )
        if not about["maxmemory"]:
            raise StartError(
                f"The {server} Redis has no maxmemory: it would grow until the system kills something. Set it below "
                "the memory of its machine, such as 1gb."
            )
    if len({about["run_id"] for about in found.values()}) < len(found):
        raise StartError(
            "REDIS_HOST and FAILOVER_REDIS_HOST lead to one and the same server. Name another one, or unset "
            "FAILOVER_REDIS_HOST to have one started."
        )


def _ask(url: str) -> dict[str, Any]:
    """What it says about itself; nothing when it is away."""
    client = blocking_client(url, OPERATION_TIMEOUT_S)
    try:
        with typed_errors():
            return dict(client.info())
    except RedisDown:
        return {}
    finally:
        client.close()
