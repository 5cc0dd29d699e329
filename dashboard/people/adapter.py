"""How allauth talks to the site: where a login comes from, and what is said after too many bad ones."""

import math
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import consume, get_cache_key, get_ip, get_rates
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dashboard.people.post import POST
from dashboard.sockets.address import UNKNOWN, address_of

_APP: Final = "allauth.account"
# What is counted by name and address, and by the name alone.
_HERE, _ANYWHERE = "login_failed", "login_failed_by_name"


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """The limits themselves are allauth's, in the cache of the database: ACCOUNT_RATE_LIMITS."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy("User name and password do not match. Capital letters count."),
        "account_inactive": gettext_lazy("This account is switched off. Ask an administrator."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """An administrator makes accounts."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """What is counted by must not be for the client to choose: the header is believed as far as PROXY_HOPS says."""
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").encode("latin1", "replace")
        headers = [(b"x-forwarded-for", forwarded)] if forwarded else []
        address = address_of(request.META.get("REMOTE_ADDR", ""), headers, settings.PROXY_HOPS)
        return "0.0.0.0" if address == UNKNOWN else address  # noqa: S104  # no address to listen at

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """A try that is refused is counted nowhere: one address alone never fills the count of a name."""
        key, name = self._get_login_attempts_cache_key(request, **credentials), _name(credentials)
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            raise _locked(request, key, name) from None
        self._by_name = consume(request, app=_APP, action=_ANYWHERE, key=name)
        if self._by_name is None:
            super()._rollback_login_failed_rl_usage()
            raise _locked(request, key, name)

    def _rollback_login_failed_rl_usage(self) -> None:
        """The password was good."""
        super()._rollback_login_failed_rl_usage()
        self._by_name.rollback()

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Whoever tries elsewhere locks nobody out here. allauth adds the host that was asked for, which is for the
        client to choose: another port, another count.
        """
        return f"{get_ip(request)} {_name(credentials)}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Beside the request: neither its time nor its end tells whether there was somebody to write to."""
        POST.hand_over(partial(super().send_mail, template_prefix, email, context))


def locked(wait_s: float) -> str:
    minutes = max(math.ceil(wait_s / 60), 1)
    told = ngettext(
        "Too many wrong passwords. Try again in %(minutes)s minute.",
        "Too many wrong passwords. Try again in %(minutes)s minutes.",
        minutes,
    )
    return f"{told % {'minutes': minutes}} {_('Until then the right one is refused too.')}"


def _locked(request: HttpRequest, key: str, name: str) -> ValidationError:
    wait_s = max(_wait_s(request, _HERE, key), _wait_s(request, _ANYWHERE, name))
    return ValidationError(locked(wait_s), "too_many_login_attempts")


def _name(credentials: Mapping[str, Any]) -> str:
    return str(credentials.get("username", "")).lower()


def _wait_s(request: HttpRequest, action: str, key: str) -> float:
    """Until the oldest try that counts is forgotten, of each limit that is reached."""
    waits = [0.0]
    for rate in get_rates(app=_APP, action=action):
        tries = cache.get(get_cache_key(request, app=_APP, action=action, rate=rate, key=key), [])
        if len(tries) >= rate.amount:
            waits.append(tries[-1] + rate.duration - time.time())
    return max(waits)
