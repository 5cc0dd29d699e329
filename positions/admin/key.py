"""What is known of an account's key: columns of the list, and what BitGet said of it on the page."""

from datetime import UTC, datetime

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from positions.admin.forms import masked
from positions.admin.trial import verdict_of
from positions.keys.verdict import Outcome, Verdict, ending_soon
from positions.models import Account


@admin.display(description=gettext_lazy("API key"))
def api_key(account: Account) -> str:
    return masked(account)


@admin.display(description=gettext_lazy("key is"))
def key_is(account: Account) -> str:
    verdict = verdict_of(account)
    return _(verdict.outcome if verdict else Outcome.UNKNOWN)


@admin.display(description=gettext_lazy("key ends"), ordering="expires_at", empty_value="")
def ends(account: Account) -> str | None:
    if account.expires_at is None:
        return None
    day = f"{account.expires_at:%Y-%m-%d}"
    is_soon = ending_soon(account.expires_at, datetime.now(UTC))
    return _("%(day)s: make a new one") % {"day": day} if is_soon else day


@admin.display(description=gettext_lazy("verdict"))
def verdict_text(account: Account) -> str:
    verdict = verdict_of(account)
    lines = _lines(verdict) if verdict else [_("This key is not checked yet.")]
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


def taken(verdict: Verdict) -> str:
    return _("BitGet takes this key. It may %(rights)s.") % {"rights": _(" and ").join(verdict.rights)}


def _lines(verdict: Verdict) -> list[str]:
    if verdict.outcome is Outcome.TAKEN:
        head = taken(verdict)
    else:
        head = _("This key is %(outcome)s.") % {"outcome": _(verdict.outcome)}
    return [head, *map(_, (*verdict.problems, *verdict.warnings))]
