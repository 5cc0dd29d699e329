"""The form of an account. Its secrets go in and never come out, and a key is saved only after a test call."""

from datetime import UTC, datetime, time
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.forms import CharField, DateField, DateInput, ModelForm, PasswordInput

from positions.admin.trial import LEARNT, Trial, learn, try_key
from positions.keys.credentials import Credentials
from positions.keys.encryption import SEALED, CannotOpen, open_credentials, seal
from positions.keys.verdict import Outcome
from positions.models import Account

SECRETS: Final = ("api_key", "secret", "passphrase")
_COLUMNS: Final = ("label", "environment", "is_enabled", "profile", "owner", "override_reason")
# What the last verdict says nothing about.
_ASKED_AGAIN: Final = {"environment", "is_enabled", "override_reason", "ends_on"}


class SecretField(CharField):
    """Write-only: what was typed is not sent back, not even beside an error."""

    def __init__(self, label: str) -> None:
        hidden = PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
        super().__init__(label=label, required=False, max_length=200, widget=hidden)


class AccountForm(ModelForm):
    api_key = SecretField("API key")
    secret = SecretField("Secret")
    passphrase = SecretField("Passphrase")
    ends_on = DateField(
        label="Key ends",
        required=False,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="BitGet says it where the key is made, and nowhere else. You are warned two weeks before.",
    )

    class Meta:
        model = Account
        fields = [*_COLUMNS, "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: Credentials | None = None
        self.trial: Trial | None = None
        self.initial.setdefault("ends_on", self.instance.expires_at and self.instance.expires_at.date())
        if self.instance.sealed and "api_key" in self.fields:
            self.fields["api_key"].help_text = f"Stored: {masked(self.instance)}. Leave all three empty to keep them."

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            self._read_secrets()
        return self.cleaned_data

    def _post_clean(self) -> None:
        """The test call comes last: it is made with what the row will say, and not for a row that cannot be saved."""
        ends_on = self.cleaned_data.get("ends_on")
        self.instance.expires_at = datetime.combine(ends_on, time.min, UTC) if ends_on else None
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        if not self.errors and self._has_to_ask():
            self._ask()

    def save(self, commit: bool = True) -> Any:
        if self.given:
            seal(self.instance, self.given)
        if self.trial:
            learn(self.instance, self.trial)
            self.instance.is_enabled &= self.trial.verdict.outcome is Outcome.TAKEN
        return super().save(commit)

    def written(self) -> set[str]:
        """The columns to write: what a worker or a rotation writes meanwhile stays."""
        return {*_COLUMNS, "expires_at"} | set(SEALED if self.given else ()) | set(LEARNT if self.trial else ())

    def _read_secrets(self) -> None:
        typed = [self.cleaned_data.get(name, "") for name in SECRETS]
        if not any(typed) and self.instance.sealed:
            return
        if not all(typed):
            raise ValidationError("Enter API key, secret and passphrase: they belong together.")
        self.given = Credentials(*typed)
        if not self.given.is_sendable:
            raise ValidationError("API key, secret and passphrase are of plain letters, digits and signs.")

    def _has_to_ask(self) -> bool:
        """Of an account that stays switched off nothing is asked, unless its key is new."""
        return bool(self.given or (self.instance.is_enabled and _ASKED_AGAIN & set(self.changed_data)))

    def _ask(self) -> None:
        try:
            self.trial = try_key(self.instance, self.given or open_credentials(self.instance))
        except CannotOpen as error:
            self.add_error(None, str(error))
            return
        if self.trial.verdict.outcome is Outcome.REFUSED:
            self.add_error(None, [*self.trial.verdict.problems, "Nothing was saved."])


def masked(account: Account) -> str:
    return f"••••{account.key_end}" if account.sealed else ""
