"""Dashboards in the admin, and how they look to a group."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission, User
from django.test import Client, RequestFactory
from pytest_django import DjangoCaptureOnCommitCallbacks

from dashboard.dashboards import changes
from dashboard.dashboards.admin import DashboardAdmin
from dashboard.models import Dashboard
from dashboard.sockets.control import Control
from positions.models import Account
from tests.dashboard.dashboards.samples import board_of, kinds_of, panel_of, show_to

pytestmark = pytest.mark.usefixtures("redis_server")
ADMIN = "/admin/dashboard/dashboard/"


@pytest.fixture
def olga(ada: User, client: Client) -> User:
    """Staff who may change dashboards, and sees no account of Ada's; she is logged in."""
    olga = User.objects.create_user("olga", is_staff=True)
    of_tables = {"content_type__app_label": "dashboard", "content_type__model__in": ["dashboard", "panel", "audience"]}
    olga.user_permissions.set(Permission.objects.filter(**of_tables))
    client.force_login(olga)
    return olga


def form_of(dashboard: Dashboard | None, **fields: Any) -> dict[str, Any]:
    """What the admin's form sends where nothing is changed but these."""
    panels = list(dashboard.panels.all()) if dashboard else []
    form: dict[str, Any] = {"title": "House", "owner": ""} | ({"shown": dashboard.revision} if dashboard else {})
    form |= {"panels-TOTAL_FORMS": len(panels), "panels-INITIAL_FORMS": len(panels)}
    form |= {"audiences-TOTAL_FORMS": 0, "audiences-INITIAL_FORMS": 0}
    for at, panel in enumerate(panels):
        columns = {"id": panel.pk, "dashboard": panel.dashboard_id, "place": panel.place, "kind": panel.kind}
        columns |= {"size": panel.size, "account": panel.account_id or "", "instrument": panel.instrument_id or ""}
        form |= {f"panels-{at}-{name}": value for name, value in columns.items()}
    return form | fields


def test_an_admin_makes_a_dashboard_for_a_group(
    client: Client,
    olga: User,
    said: list[Control],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """Issue 8, 2: panels, the group that begins with it, an entry in the history; open pages are told."""
    group = Group.objects.create(name="desk")
    panel = {"panels-TOTAL_FORMS": 1, "panels-0-kind": "price", "panels-0-size": "XL", "panels-0-place": 1}
    seen = {"audiences-TOTAL_FORMS": 1, "audiences-0-group": group.pk, "audiences-0-is_start": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"{ADMIN}add/", form_of(None, **panel, **seen))
    assert answer.status_code == 302, answer.content.decode()
    dashboard = Dashboard.objects.get()
    assert (dashboard.owner, kinds_of(dashboard)) == (None, ["price:XL"])
    assert dashboard.audiences.get().is_start
    assert LogEntry.objects.get().user == olga
    assert [each.changed for each in said] == [[(dashboard.pk, 1)]]


def test_the_order_is_a_number(client: Client, olga: User, ada: User) -> None:
    """Issue 8, 2: and what a panel cannot show is said beside its field."""
    dashboard = board_of(ada)
    answer = client.post(f"{ADMIN}{dashboard.pk}/change/", form_of(dashboard, **{"panels-0-place": 9}))
    assert answer.status_code == 302, answer.content.decode()
    assert kinds_of(dashboard) == ["venues:L", "tape:M", "price:L"]
    wrong = form_of(dashboard, **{"panels-0-kind": "venues", "panels-0-instrument": "BTC-USDT"})
    answer = client.post(f"{ADMIN}{dashboard.pk}/change/", wrong)
    assert "shows no instrument. Leave it empty." in answer.content.decode()


def test_an_admin_sees_no_name_of_a_foreign_account(client: Client, olga: User, ada: User) -> None:
    """D-02: it cannot be chosen; one that is there stays what it is when the rest is saved."""
    account = Account.objects.create(label="SECRET OF ADA", owner=ada)
    other = Account.objects.create(label="SECRET TOO", owner=ada)
    dashboard = board_of(ada, "price")
    page = client.get(f"{ADMIN}{dashboard.pk}/change/").content.decode()
    assert "SECRET" not in page
    answer = client.post(f"{ADMIN}{dashboard.pk}/change/", form_of(dashboard, **{"panels-0-account": other.pk}))
    assert "Select a valid choice" in answer.content.decode()
    assert dashboard.panels.get().account is None
    dashboard.panels.update(kind="position", account=account)
    page = client.get(f"{ADMIN}{dashboard.pk}/change/").content.decode()
    assert "an account that you may not see" in page
    assert "SECRET" not in page


def test_a_group_has_one_start(client: Client, olga: User, ada: User) -> None:
    """Issue 8, 2: in words, not as an error of the database."""
    group = show_to(board_of(ada), ada, is_start=True)
    seen = {"audiences-TOTAL_FORMS": 1, "audiences-0-group": group.pk, "audiences-0-is_start": "on"}
    answer = client.post(f"{ADMIN}add/", form_of(None, **seen))
    assert "This group begins with another dashboard." in answer.content.decode()


def test_the_preview_shows_what_a_member_sees(client: Client, olga: User, ada: User) -> None:
    """Issue 8, 2: only accounts of the group, and of those only what the admin may see; it runs no script."""
    dashboard = board_of(ada, "price")
    group = show_to(dashboard, ada)
    account = Account.objects.create(label="Of Olga", owner=olga)
    panel_of(dashboard, account=account)

    def preview() -> str:
        answer = client.get(f"/dashboards/{dashboard.pk}/preview/?group={group.pk}")
        assert answer.status_code == 200
        return answer.content.decode()

    page = preview()
    assert "You may not see this account." in page
    assert "panels/main.js" not in page
    account.groups.add(group)
    assert "You may not see this account." not in preview()
    assert client.get(f"/dashboards/{dashboard.pk}/preview/?group=999").status_code == 404
    # It begins with a group of the dashboard's own, and not with the first that there is.
    assert group != Group.objects.order_by("name").first()
    assert client.get(f"/dashboards/{dashboard.pk}/preview/").context["group"] == group


def test_the_preview_is_what_the_group_sees(client: Client, olga: User, ada: User) -> None:
    """D-02: operators see the log; of accounts nothing is there that only the admin may see."""
    dashboard = board_of(ada, "log", "uptime", "chart")
    Account.objects.create(label="SECRET OF OLGA", owner=olga)

    def preview(name: str) -> str:
        address = f"/dashboards/{dashboard.pk}/preview/?group={Group.objects.get(name=name).pk}"
        return client.get(address).content.decode()

    assert "Only staff may see this panel." in preview("Viewer")
    assert "Only staff may see this panel." not in preview("Operator")
    assert "SECRET" not in preview("Viewer") + preview("Operator")


def test_who_saves_a_form_over_what_was_changed_meanwhile_is_told_first(client: Client, olga: User, ada: User) -> None:
    """Issue 8, 2: nothing of the first is lost unseen; whoever sends it once more means it."""
    dashboard = board_of(ada)
    address, form = f"{ADMIN}{dashboard.pk}/change/", form_of(dashboard, title="Second")
    assert f'name="shown" value="{dashboard.revision}"' in client.get(address).content.decode()
    changes.rename(dashboard, "First")
    page = client.post(address, form).content.decode()
    assert "Somebody else changed this dashboard meanwhile." in page
    assert f'name="shown" value="{dashboard.revision}"' in page
    assert Dashboard.objects.get().title == "First"
    assert client.post(address, form | {"shown": dashboard.revision}).status_code == 302
    assert Dashboard.objects.get().title == "Second"


def test_saving_a_form_keeps_what_was_arranged_meanwhile(ada: User) -> None:
    """Issue 8, 2: the revision never goes back, or two pages would take different orders for one."""
    dashboard = board_of(ada)
    stale = Dashboard.objects.get()
    changes.touch(dashboard)
    stale.title = "Other"
    DashboardAdmin(Dashboard, site).save_model(RequestFactory().post("/"), stale, None, change=True)
    assert Dashboard.objects.values_list("title", "revision").get() == ("Other", 1)


def test_what_is_deleted_in_the_admin_is_told(
    client: Client,
    olga: User,
    ada: User,
    said: list[Control],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """One by one and many at once; the panels go with it."""
    first, second = board_of(ada), board_of(ada)
    told = [[(first.pk, 1)], [(second.pk, 1)]]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{ADMIN}{first.pk}/delete/", {"post": "yes"})
        client.post(ADMIN, {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"})
    assert not Dashboard.objects.exists()
    assert [each.changed for each in said] == told
