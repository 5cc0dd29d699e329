"""How far the logs are drained, only read; and what could not be stored, which may be tried again."""

from datetime import UTC, datetime
from typing import Final

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from feeds.admin.confirmation import ask
from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import DeadLetter
from feeds.storage import dead_letters

# Each is a transaction of its own, and somebody waits for the page.
STORED_AT_ONCE: Final = 200
STORING: Final = gettext_lazy(
    "Each trade is put into the database, as if it came now, and the bars of its minute are made again. Do it once what"
    " was wrong is right. What still cannot be stored stays here, with the reason."
)


class InboxAdmin(ReadOnlyAdmin):
    list_display = ["server", "drained_id", "drained_at", "epoch"]


class DeadLetterAdmin(ReadOnlyAdmin):
    list_display = ["set_aside_at", "server", "entry_id", "reason", "stored_at"]
    list_filter = [("stored_at", admin.EmptyFieldListFilter), "server", "set_aside_at"]
    search_fields = ["content", "reason"]
    actions = ["store_again"]

    def has_store_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("feeds.change_deadletter"))

    @admin.action(description=gettext_lazy("Store again"), permissions=["store"])
    def store_again(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> HttpResponse | None:
        """Says of each what happened; those that are not stored come first, the oldest first."""
        if question := ask(self, request, letters, _("Store again"), str(STORING)):
            return question
        count = letters.count()
        for letter in letters.order_by(F("stored_at").asc(nulls_first=True), "pk")[:STORED_AT_ONCE]:
            if letter.stored_at:
                self.message_user(request, _("%(letter)s is stored already.") % {"letter": letter}, messages.WARNING)
            elif reason := dead_letters.store_again(letter, datetime.now(UTC)):
                self.message_user(
                    request,
                    _("%(letter)s cannot be stored: %(reason)s") % {"letter": letter, "reason": reason},
                    messages.ERROR,
                )
            else:
                self.log_change(request, letter, _("Stored again."))
                self.message_user(request, _("%(letter)s is stored.") % {"letter": letter}, messages.SUCCESS)
        if count > STORED_AT_ONCE:
            text = _("%(more)s more were not tried: at most %(most)s are at once.") % {
                "more": f"{count - STORED_AT_ONCE:,}",
                "most": STORED_AT_ONCE,
            }
            self.message_user(request, text, messages.WARNING)
        return None
