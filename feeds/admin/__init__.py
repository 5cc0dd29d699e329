"""Market data in the admin: which rows have which pages. What admins edit first, then what workers write."""

from django.contrib import admin

from feeds.admin.backfill import BackfillAdmin
from feeds.admin.diary import AlertAdmin, FailoverEventAdmin, HealthSnapshotAdmin, LeaseAdmin, UptimeMinuteAdmin
from feeds.admin.history import CandleAdmin, GapAdmin, QuoteAdmin, TradeAdmin
from feeds.admin.inbox import DeadLetterAdmin, InboxAdmin
from feeds.admin.market import FeedAdmin, InstrumentAdmin, ListingAdmin
from feeds.admin.venue import VenueAdmin
from feeds.models import (
    Alert,
    Backfill,
    Candle,
    DeadLetter,
    FailoverEvent,
    Feed,
    Gap,
    HealthSnapshot,
    Inbox,
    Instrument,
    Lease,
    Listing,
    Quote,
    Trade,
    UptimeMinute,
    Venue,
)

admin.site.register(Venue, VenueAdmin)
admin.site.register(Instrument, InstrumentAdmin)
admin.site.register(Listing, ListingAdmin)
admin.site.register(Feed, FeedAdmin)

admin.site.register(Trade, TradeAdmin)
admin.site.register(Quote, QuoteAdmin)
admin.site.register(Candle, CandleAdmin)
admin.site.register(Gap, GapAdmin)
admin.site.register(Backfill, BackfillAdmin)

admin.site.register(HealthSnapshot, HealthSnapshotAdmin)
admin.site.register(FailoverEvent, FailoverEventAdmin)
admin.site.register(Alert, AlertAdmin)
admin.site.register(UptimeMinute, UptimeMinuteAdmin)
admin.site.register(Lease, LeaseAdmin)

admin.site.register(Inbox, InboxAdmin)
admin.site.register(DeadLetter, DeadLetterAdmin)
