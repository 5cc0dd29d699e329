"""Every payload in every text of a row: `python manage.py shell -c "from tests.browser import hostile_rows"`."""

from datetime import datetime

from django.contrib.auth.models import Group, User
from django.utils import timezone

from dashboard.models import Dashboard
from feeds.models import Alert, FailoverEvent, Feed, HealthSnapshot, Venue
from positions.models import Account, StreamEvent
from tests.browser.payloads import PAYLOADS
from tests.dashboard.tokens.samples import token_of

ada = User.objects.get()
now: datetime = timezone.now()
ALL = "".join(PAYLOADS.values())
account = Account.objects.create(label=ALL, owner=ada)
Feed.objects.update(title=ALL)
Venue.objects.update(name=ALL)
ada.first_name = ALL
ada.save()
for text in PAYLOADS.values():
    User.objects.create_user(text, last_name=text, email=text)
    Group.objects.create(name=text)
    Dashboard.objects.create(title=text, owner=ada)
    token_of(ada, name=text)
    Alert.objects.create(feed_id="main", kind="blind", subject=text, text=text, raised_at=now)
    StreamEvent.objects.create(account=account, kind="state", text=text, happened_at=now)
    HealthSnapshot.objects.create(
        subject=text, state="down", reason=text, source=text, is_transition=True, taken_at=now
    )
    FailoverEvent.objects.create(
        feed_id="main",
        from_venue_id="htx",
        to_venue_id="binance",
        reason=text,
        started_at=now,
        finished_at=now,
        last_price_age=1.0,
        evidence={text: {"reason": text, "state": text}},
    )
