"""D-02: viewer, operator and administrator differ."""

from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from dashboard.people.roles import ADMINISTRATOR, OPERATOR, VIEWER, make_roles

DEBUG = "/debug/position_component_debug.html"
PAGES = {"/system/", DEBUG, "/admin/", "/admin/feeds/venue/", "/api/v1/clients/", "/admin/auth/user/"}


def opened_by(role: str) -> set[str]:
    """Which of the pages somebody with this role alone may open; "" for none."""
    make_roles()
    user = User.objects.create_user(f"the {role}")
    user.groups.set(Group.objects.filter(name=role))
    client = Client()
    client.force_login(user)
    return {path for path in PAGES if client.get(path).status_code in (200, 503) and _may(client, path)}


def _may(client: Client, path: str) -> bool:
    return "Only operators" not in client.get(path).content.decode()


def test_a_viewer_sees_prices_and_no_more(transactional_db: None, redis_server: str) -> None:
    """So does a user without any role."""
    assert opened_by(VIEWER) == opened_by("") == set()


def test_an_operator_sees_the_system_and_acts_on_it(transactional_db: None, redis_server: str) -> None:
    """The system, the debug page, who is connected; circuits, which are a venue's; no users."""
    assert opened_by(OPERATOR) == PAGES - {"/admin/auth/user/"}
    operator = User.objects.get(username="the Operator")
    assert operator.has_perms(["dashboard.disconnect_liveclient", "feeds.override_circuit"])
    assert not operator.has_perm("feeds.change_venue")
    assert not operator.has_perm("feeds.delete_feed")
    assert not operator.has_perm("positions.change_account")


def test_an_administrator_may_do_everything(transactional_db: None, redis_server: str) -> None:
    """Without being a superuser."""
    assert opened_by(ADMINISTRATOR) == PAGES


def test_an_administrator_makes_nobody_a_superuser(transactional_db: None, redis_server: str) -> None:
    """D-02: nor takes one over, by a new password, another address for its reset, or a deletion."""
    make_roles()
    mia, client = User.objects.create_user("mia"), Client()
    mia.groups.set(Group.objects.filter(name=ADMINISTRATOR))
    root = User.objects.create_superuser("root", email="root@example.org", password="the sea is calm tonight")
    client.force_login(mia)
    form = {"username": "mia", "is_active": "on", "is_superuser": "on", "groups": mia.groups.get().pk}
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "12:00:00"}
    assert client.post(f"/admin/auth/user/{mia.pk}/change/", form | dates).status_code == 302
    for page in ("change", "delete"):
        theirs = {"username": "root", "email": "mia@example.org", "post": "yes"}
        client.post(f"/admin/auth/user/{root.pk}/{page}/", form | dates | theirs)
    client.post("/admin/auth/user/", {"action": "delete_selected", "_selected_action": [root.pk], "post": "yes"})
    assert client.get(f"/admin/auth/user/{root.pk}/password/").status_code == 403
    assert client.get(f"/admin/auth/user/{mia.pk}/password/").status_code == 200
    supers = User.objects.filter(is_superuser=True).values_list("username", "email")
    assert list(supers) == [("root", "root@example.org")]


def test_an_operator_who_is_in_is_not_sent_to_the_door(transactional_db: None, redis_server: str) -> None:
    """D-02: the login of the admin leads on, though an operator is not staff; a viewer is refused there."""
    for role, status in ((OPERATOR, 302), (VIEWER, 403)):
        opened_by(role)
        client = Client()
        client.force_login(User.objects.get(username=f"the {role}"))
        answer = client.get("/admin/login/?next=/admin/feeds/venue/")
        assert answer.status_code == status
    for path, leads in (("/admin/feeds/venue/", "/admin/feeds/venue/"), ("//evil.example/", "/admin/")):
        client.force_login(User.objects.get(username=f"the {OPERATOR}"))
        assert client.get("/admin/login/", {"next": path})["Location"] == leads


def test_what_an_administrator_made_of_a_role_stays(transactional_db: None) -> None:
    """Each start makes what is missing, and nothing else."""
    make_roles()
    Group.objects.get(name=VIEWER).permissions.set(Permission.objects.filter(codename="publish"))
    Group.objects.get(name=OPERATOR).delete()
    make_roles()
    assert [each.codename for each in Group.objects.get(name=VIEWER).permissions.all()] == ["publish"]
    assert Group.objects.get(name=OPERATOR).permissions.filter(codename="view_system").exists()


def test_who_may_not_see_a_page_is_told_so_and_not_sent_in_circles(transactional_db: None) -> None:
    """403 in words; the login would send somebody who is logged in right back."""
    client = Client()
    client.force_login(User.objects.create_user("ada"))
    answer = client.get("/system/")
    assert answer.status_code == 403
    assert "You may not see this page" in answer.content.decode()
