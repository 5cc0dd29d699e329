"""The users of an embedded Redis: what each role may do there.

This keeps a mistake or a hole in one program from wiping or rewriting what the others live on. It is no wall between
programs of one operating system user, who can read each other's passwords.
"""

from collections.abc import Mapping
from typing import Final

from omega_site.redis_addresses import Role

# Data, Lua and questions. @dangerous holds what ends, empties, copies or listens to a whole server.
_COMMANDS: Final = (
    "+@read +@write +@connection +@transaction +@pubsub -@dangerous -@scripting "
    "+eval +evalsha +script|load +script|exists +info +time"
)


def user_lines(passwords: Mapping[Role, str]) -> list[str]:
    """Lines of the server's configuration. Who gives no name and password may do nothing.

    Nobody can be the default user. It keeps its rights for the server itself, which replays its file as that user: a
    batch that it may not write would be missing after a restart.
    """
    rights = _rights()
    users = [f"user {role} on >{password} {rights[role]}" for role, password in passwords.items()]
    return ["user default off ~* &* +@all", *users]


def _rights() -> dict[Role, str]:
    # Not at the top: the names begin with a setting, and the supervisor has yet to choose the settings.
    from django.conf import settings

    from feeds.storage import keys

    # What a connection test spends and hears; a look whether the server can be used; who listens, and what they
    # publish; what it counts; what it warns of; Celery's queue and its bindings. Channels sends on what it calls asgi.
    prefix = settings.REDIS_KEY_PREFIX
    queue = (f"{prefix}celery*", f"{prefix}_kombu.*")
    venues = (keys.allowance("*", "*"), keys.cool_off("*"), keys.bans("*"))
    counts = (keys.COUNTS, keys.counts_of("*"))
    pages = (*venues, *counts, keys.CANARY, keys.CLIENTS, keys.PUBLISHED_LOG, keys.EVENT_LOG, *queue)
    return {
        Role.WORKER: f"~* &* {_COMMANDS}",
        Role.WEB: f"%R~* {' '.join(f'~{key}' for key in pages)} &{prefix}asgi* {_COMMANDS}",
        Role.OPERATOR: "~* &* +@all",
    }
