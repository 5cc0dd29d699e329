"""What each start sees to before the site opens: sound settings and stores, tables, static files, login and account.

A program of its own, so that the supervisor stays free of Django's applications and of the database:
`python -m omega_site.first_start`.
"""

import getpass
import os
import secrets
import sys

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.checks import Tags, run_checks
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import OperationalError

from omega_site.data_folder import keep_mode
from omega_site.environment import API_CREDENTIALS, Environment
from omega_site.redis_addresses import Server
from omega_site.start_error import StartError, environment_faults

env = Environment()
ADMIN = "admin"
DEMO = "demo"


def main() -> int:
    try:
        prepare()
    except StartError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def prepare() -> None:
    os.environ.setdefault("OMEGA_ROLE", "command")
    with environment_faults():
        django.setup()
    keep_mode(settings.OMEGA_DATA_DIR, settings.OMEGA_MODE)
    _refuse_faulty_settings()
    _refuse_a_failover_of_one_machine()
    _refuse_unfit_redis()
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise StartError(f"The database cannot be used: {str(error).splitlines()[0]}. Check DATABASE_URL.") from error
    call_command("collectstatic", interactive=False, verbosity=0)
    if settings.OMEGA_MODE == "replay":
        _renew_demo_login()
    else:
        _make_first_admin()
    _refuse_encryption_keys_of_our_own()
    _seal_second_factors_anew()
    _hold_account_to_environment()


def _refuse_faulty_settings() -> None:
    """Our own checks; `manage.py check` runs Django's as well."""
    for fault in run_checks(tags=[Tags.compatibility]):
        if fault.is_serious():
            raise StartError(f"{fault.msg} {fault.hint}")


def _refuse_a_failover_of_one_machine() -> None:
    """Machines that share a database share what each drain noted there: both servers have to be the same for all."""
    is_shared = settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3"
    if is_shared and env.str("REDIS_HOST", default="") and not env.str("FAILOVER_REDIS_HOST", default=""):
        raise StartError(
            "DATABASE_URL and REDIS_HOST name servers that other machines may share, and FAILOVER_REDIS_HOST names "
            "none. Name the failover Redis too, the same one for all machines."
        )


def _refuse_unfit_redis() -> None:
    # Not at the top: it reads settings that may be faulty.
    from omega_site.redis_check import refuse_unfit

    refuse_unfit({Server.PRIMARY: settings.REDIS_URL, Server.FAILOVER: settings.FAILOVER_REDIS_URL})


def _renew_demo_login() -> None:
    """The demo's login is an administrator, so that the admin can be tried too."""
    user, _ = get_user_model().objects.get_or_create(username=DEMO)
    user.is_staff = user.is_superuser = True
    user.set_password(env.secret("OMEGA_DEMO_PASSWORD"))
    user.save()


def _make_first_admin() -> None:
    users = get_user_model().objects
    if users.filter(is_superuser=True).exists():
        return
    password = env.secret("OMEGA_ADMIN_PASSWORD") or _ask_for_password()
    if not password:
        password = secrets.token_urlsafe(12)
        sys.stdout.write(f"\nThe first login is {ADMIN} / {password}\nThis is the only time it is shown.\n\n")
    users.create_superuser(ADMIN, password=password)


def _refuse_encryption_keys_of_our_own() -> None:
    """A second machine makes one at its first start, and would seal what the first one cannot open."""
    # Not at the top: models want Django to be ready.
    from positions.keys.encryption import are_of_others

    if are_of_others():
        raise StartError(
            "The API keys in the database open with none of this machine's encryption keys. Set OMEGA_ENCRYPTION_KEYS "
            "to those of the machine that saved them. Where these are lost, run manage.py rotate_keys --forget and "
            "enter the API keys again."
        )


def _seal_second_factors_anew() -> None:
    # Not at the top: models want Django to be ready.
    from dashboard.people.second_factor import seal_anew

    seal_anew()


def _hold_account_to_environment() -> None:
    """An account for the credentials in the environment or in .env, if there are any."""
    # Not at the top: models want Django to be ready.
    from positions.first_account import hold_to
    from positions.keys.credentials import Credentials
    from positions.words import Environment as Where

    with environment_faults():
        env.read_file(settings.BASE_DIR / ".env")
        key, secret = env.secret("BITGET_API_KEY"), env.secret("BITGET_API_SECRET")
        passphrase = env.secret("BITGET_API_PASSPHRASE")
        where = env.one_of("BITGET_ENVIRONMENT", [*Where], default=Where.LIVE)
    if not any((key, secret, passphrase)):
        return
    credentials = Credentials(key, secret, passphrase)
    if not credentials.is_sendable:
        names = ", ".join(API_CREDENTIALS)
        raise StartError(f"Of {names} one is not set, or is no plain text. Set all three, or none.")
    hold_to(credentials, Where(where))


def _ask_for_password() -> str:
    """From the person at the terminal, if there is one. Empty: one is to be made up."""
    while sys.stdin.isatty():
        password = getpass.getpass(f"Choose a password for {ADMIN} (empty: have one made up): ")
        if not password:
            break
        try:
            validate_password(password)
        except ValidationError as error:
            sys.stdout.write(" ".join(error.messages) + "\n")
            continue
        if getpass.getpass("Once more: ") == password:
            return password
        sys.stdout.write("They differ.\n")
    return ""


if __name__ == "__main__":
    sys.exit(main())
