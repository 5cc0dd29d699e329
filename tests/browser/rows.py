"""A row of everything for the site of a browser test: `python manage.py shell -c "from tests.browser import rows"`."""

from django.contrib.auth.models import Group, User

from dashboard.models import Dashboard, Panel
from dashboard.panels.kinds import KINDS
from positions.models import Account
from tests.dashboard.tokens.samples import token_of
from tests.feeds.rows import make_rows as make_market
from tests.positions.admin.rows import make_rows as make_account

ada = User.objects.get()
Group.objects.create(name="Desk")
User.objects.create_user("ben", password="may do nothing at all")
token_of(ada)
make_market()
make_account(Account.objects.create(label="Main", owner=ada))
board = Dashboard.objects.create(title="All there is", owner=ada)
for place, kind in enumerate(KINDS.values(), 1):
    Panel.objects.create(dashboard=board, kind=kind.code, size=kind.size.value, place=place)
