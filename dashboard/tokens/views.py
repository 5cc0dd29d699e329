"""The page of one's own API tokens."""

from typing import Final

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from dashboard.models import ApiToken
from dashboard.site import Visit, mode
from dashboard.tokens.form import TokenForm
from feeds.clock import SystemClock

# The newest; live ones are far fewer.
SHOWN: Final = 100


@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True, no_store=True)
def tokens(request: Visit) -> HttpResponse:
    """All of them, and a form for a new one. What is made is shown in the answer, and never again."""
    form, secret = _form(request), ""
    if form.is_bound and form.is_valid():
        form.save()
        form, secret = _form(request, is_new=True), form.secret
    shown = ApiToken.objects.filter(owner=request.user)[:SHOWN]
    context = {"form": form, "secret": secret, "tokens": shown, "now": SystemClock().now(), "mode": mode()}
    return render(request, "dashboard/tokens/tokens.html", context)


@require_POST
@login_required
def revoke(request: Visit, pk: int) -> HttpResponse:
    """Of one's own only; whoever uses it is cut off at once."""
    get_object_or_404(ApiToken, pk=pk, owner=request.user).revoke(SystemClock().now())
    return redirect("tokens")


def _form(request: Visit, is_new: bool = False) -> TokenForm:
    data = request.POST if request.method == "POST" and not is_new else None
    form = TokenForm(data, instance=ApiToken(owner=request.user))
    form.offer_to(request.user)
    return form
