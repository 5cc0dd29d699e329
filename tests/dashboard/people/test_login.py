"""D-02: who gets in, who does not, and what they are told."""

import re
import socket
from typing import Any, cast

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from dashboard.people import second_factor
from tests.dashboard.conftest import Visitor
from tests.waiting import wait_in_thread_until

PASSWORD = "the sea is calm tonight"
FACTOR = "/settings/second-factor/"


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada", email="ada@example.org", password=PASSWORD)


def log_in(name: str = "ada", password: str = PASSWORD, **headers: str) -> HttpResponse:
    """As a stranger who comes anew each time."""
    answer: Any = Client().post("/login/", {"username": name, "password": password}, headers=headers)
    return cast(HttpResponse, answer)


def is_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302


def code_of(client: Client) -> str:
    """What the phone shows that was given the secret of the page."""
    page = client.get(f"{FACTOR}on/").content.decode()
    secret = re.search(r'id="authenticator_secret"[^>]*value="([A-Z2-7]+)"', page)
    assert secret
    return str(format_hotp_value(hotp_value(secret[1], next(yield_hotp_counters_from_time()))))


def test_after_five_bad_passwords_the_right_one_is_refused_too(ada: User) -> None:
    """V-18: it is said in words, with the time that is left; nobody else is concerned."""
    User.objects.create_user("bob", password=PASSWORD)
    for _ in range(5):
        assert "User name and password do not match." in log_in(password="no").content.decode()
    locked = log_in()
    assert not is_in(locked)
    assert "Too many wrong passwords. Try again in 5 minutes." in locked.content.decode()
    assert is_in(log_in("bob"))


def test_nobody_locks_somebody_else_out(ada: User, settings: Settings) -> None:
    """S16: five bad tries lock the name for the address that they come from; fifty from anywhere, for all."""
    settings.PROXY_HOPS = 1
    for number in range(53):
        if number == 5:
            assert is_in(log_in(x_forwarded_for="203.0.113.8"))
            assert not is_in(log_in(x_forwarded_for="198.51.100.0"))
        # The first one goes on while it is locked, and is not counted.
        log_in(password="no", x_forwarded_for=f"198.51.100.{0 if number < 9 else number // 5}")
    assert is_in(log_in(x_forwarded_for="203.0.113.8"))
    for _ in range(5):
        log_in(password="no", x_forwarded_for="198.51.100.77")
    locked = log_in(x_forwarded_for="203.0.113.8")
    assert "Too many wrong passwords. Try again in 5 minutes." in locked.content.decode()


def test_a_good_login_is_no_try(ada: User) -> None:
    """Who knows the password may log in as often as they like, and wipes nobody's bad tries by that."""
    for _ in range(4):
        log_in(password="no")
    assert all(is_in(log_in()) for _ in range(6))
    log_in(password="no")
    assert not is_in(log_in())


def test_no_header_of_a_client_makes_it_somebody_else(ada: User) -> None:
    """S16: neither another address that it makes up, nor another spelling of the name or of the site."""
    for number in range(5):
        name, host = "ADA" if number % 2 else "ada", f"localhost:{number + 1}"
        log_in(name, "no", x_forwarded_for=f"203.0.113.{number}", host=host)
    assert not is_in(log_in(x_forwarded_for="203.0.113.77", host="127.0.0.1:99"))


def test_an_address_that_tries_many_names_is_locked_out(ada: User, settings: Settings) -> None:
    """Twenty bad tries of one address; who comes through the same proxy of ours from elsewhere is let in."""
    settings.PROXY_HOPS = 1
    for number in range(20):
        log_in(f"nobody{number}", "no", x_forwarded_for=f"198.51.100.{number}, 203.0.113.7")
    assert not is_in(log_in(x_forwarded_for="203.0.113.7"))
    assert is_in(log_in(x_forwarded_for="203.0.113.8"))


def test_the_admin_has_no_door_of_its_own(ada: User) -> None:
    """Its login is ours, so that neither the limit nor the second factor can be walked around."""
    answer = Client().post("/admin/login/?next=/admin/", {"username": "ada", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


def test_a_second_factor_is_asked_for_and_is_sealed_at_rest(ada: User, settings: Settings) -> None:
    """A code of the phone or of the list, once each; what it rests on opens with the encryption keys alone."""
    client = Client()
    client.post("/login/", {"username": "ada", "password": PASSWORD})
    assert client.get(f"{FACTOR}on/")["Location"].startswith("/login/again/")
    client.post("/login/again/", {"password": PASSWORD})
    answer = client.post(f"{FACTOR}on/", {"code": code_of(client)})
    assert answer["Location"] == f"{FACTOR}codes/"
    spare = re.search(r"<textarea[^>]*>\s*(\w+)", client.get(f"{FACTOR}codes/").content.decode())
    assert spare
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert kept.startswith("gAAAA")
    settings.OMEGA_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.OMEGA_ENCRYPTION_KEYS]
    second_factor.seal_anew()
    settings.OMEGA_ENCRYPTION_KEYS = settings.OMEGA_ENCRYPTION_KEYS[:1]
    assert Authenticator.objects.get(type="totp").data["secret"] != kept
    other = Client()
    assert other.post("/login/", {"username": "ada", "password": PASSWORD})["Location"] == "/login/code/"
    assert other.get("/settings/").status_code == 302
    pages = client.get(FACTOR).content.decode() + other.get("/login/code/").content.decode()
    assert pages.count("<h1>Second factor</h1>") == 2
    assert "10 codes are left" in pages
    assert "Two-Factor" not in pages
    assert "This code is not right" in other.post("/login/code/", {"code": "000000"}).content.decode()
    assert other.post("/login/code/", {"code": spare[1]})["Location"] == "/"
    assert other.get("/settings/").status_code == 200


def test_a_password_is_reset_by_e_mail(ada: User, settings: Settings) -> None:
    """To the address that an administrator entered; who has none, and who is nobody, gets the same answer."""
    settings.HAS_EMAIL = True
    client = Client()
    for address in ("ada@example.org", "nobody@example.org"):
        assert client.post("/login/forgotten/", {"email": address})["Location"] == "/login/forgotten/sent/"
    wait_in_thread_until(lambda: mail.outbox)
    (letter,) = mail.outbox
    path = re.search(r"http://[^/]+(/login/new-password/\S+)", str(letter.body))
    assert path
    form = client.get(path[1], follow=True)
    new = "what a fine new day"
    client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert not is_in(log_in())
    assert is_in(log_in(password=new))


def test_a_mail_server_that_hangs_tells_nobody_who_has_an_account(
    ada: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """S16: the answer is the same, and there before the server says a word; operators are told without the address."""
    settings.HAS_EMAIL = True
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.getsockname()
        for address in ("nobody@example.org", "ada@example.org"):
            answer = Client().post("/login/forgotten/", {"email": address})
            assert (answer.status_code, answer["Location"]) == (302, "/login/forgotten/sent/")
        line, _ = server.accept()
        line.close()
        wait_in_thread_until(lambda: "an e-mail could not be sent: SMTPServerDisconnected" in caplog.text)
    assert "ada@example.org" not in caplog.text


def test_a_site_without_e_mail_says_who_can_help(client: Client, settings: Settings) -> None:
    """No form that promises what cannot be sent."""
    settings.HAS_EMAIL = False
    page = client.get("/login/forgotten/").content.decode()
    assert "Ask an administrator" in page
    assert 'name="email"' not in page


def test_nobody_signs_up(client: Client) -> None:
    """An administrator makes accounts."""
    assert client.get("/signup/").status_code == 404
    assert "sign up" not in client.get("/login/").content.decode().lower()


def test_a_new_password_ends_all_other_sessions(visitor: Visitor) -> None:
    """Whoever else had the old one is out; this page goes on."""
    elsewhere = Client()
    elsewhere.force_login(visitor.user)
    new = "what a fine new day"
    typed = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert visitor.client.post("/settings/password/", {**typed, "oldpassword": "no"}).status_code == 200
    assert visitor.client.post("/settings/password/", typed).status_code == 302
    assert visitor.client.get("/settings/").status_code == 200
    assert elsewhere.get("/settings/").status_code == 302
