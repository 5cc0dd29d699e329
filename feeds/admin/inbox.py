"""How far the logs are drained, only read; and what could not be stored, which may be tried again."""

from datetime import UTC, datetime
from typing import Final

from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest

from feeds.admin.read_only import ReadOnlyAdmin
from feeds.models import DeadLetter
from feeds.storage import dead_letters

# Each is a transaction of its own, and somebody waits for the page.
STORED_AT_ONCE: Final = 200


class InboxAdmin(ReadOnlyAdmin):
    list_display = ["server", "drained_id", "drained_at", "epoch"]


class DeadLetterAdmin(ReadOnlyAdmin):
    list_display = ["set_aside_at", "server", "entry_id", "reason", "stored_at"]
    list_filter = [("stored_at", admin.EmptyFieldListFilter), "server", "set_aside_at"]
    search_fields = ["content", "reason"]
    actions = ["store_again"]

    def has_store_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("feeds.change_deadletter"))

    @admin.action(description="Store again", permissions=["store"])
    def store_again(self, request: HttpRequest, letters: QuerySet[DeadLetter]) -> None:
        """Says of each what happened; those that are not stored come first, the oldest first."""
        count = letters.count()
        for letter in letters.order_by(F("stored_at").asc(nulls_first=True), "pk")[:STORED_AT_ONCE]:
            if letter.stored_at:
                self.message_user(request, f"{letter} is stored already.", messages.WARNING)
            elif reason := dead_letters.store_again(letter, datetime.now(UTC)):
                self.message_user(request, f"{letter} cannot be stored: {reason}", messages.ERROR)
            else:
                self.log_change(request, letter, "Stored again.")
                self.message_user(request, f"{letter} is stored.", messages.SUCCESS)
        if count > STORED_AT_ONCE:
            text = f"{count - STORED_AT_ONCE:,} more were not tried: at most {STORED_AT_ONCE} are at once."
            self.message_user(request, text, messages.WARNING)
