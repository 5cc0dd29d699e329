"""What the second factor of a login rests on, at rest: sealed as API keys are, under OMEGA_ENCRYPTION_KEYS."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext_lazy

# Of what allauth keeps of a factor: what opens it.
_SECRETS = ("secret", "seed")


class Adapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right, or not any more."),
    }

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text).decode()


def seal_anew() -> None:
    """All under the first key, with each start: then the others may go. What no key opens stays, and opens nothing."""
    for factor in Authenticator.objects.all():
        kept = {name: text for name, text in factor.data.items() if name in _SECRETS and not _is_under_first(text)}
        try:
            anew = {name: _box().rotate(text).decode() for name, text in kept.items()}
        except InvalidToken:
            continue
        if anew:
            Authenticator.objects.filter(pk=factor.pk).update(data=factor.data | anew)


def _is_under_first(text: str) -> bool:
    try:
        Fernet(settings.OMEGA_ENCRYPTION_KEYS[0]).decrypt(text)
    except InvalidToken:
        return False
    return True


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.OMEGA_ENCRYPTION_KEYS])
