"""The forms of an account. Secrets go in and never come out, and a key is saved only after a test call.

The call comes between the first form and the second: the second is good or bad within the transaction that saves, and
BitGet may take seconds.
"""

from datetime import UTC, datetime, time
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.forms import (
    CharField,
    CheckboxSelectMultiple,
    DateField,
    DateInput,
    ModelForm,
    MultipleChoiceField,
    PasswordInput,
)
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from positions.admin import help
from positions.admin.trial import Trial, learn
from positions.keys import opened
from positions.keys.credentials import Credentials
from positions.keys.encryption import SEALED, CannotOpen, open_credentials, seal
from positions.keys.verdict import DANGERS, Outcome
from positions.models import Account

SECRETS: Final = ("api_key", "secret", "passphrase")
_COLUMNS: Final = ("label", "environment", "is_enabled", "profile", "owner", "override_rights", "override_reason")
# What the last verdict says nothing about.
_ASKED_AGAIN: Final = {"environment", "is_enabled", "override_rights", "override_reason", "ends_on"}


class SecretField(CharField):
    """Write-only: what was typed is not sent back, not even beside an error."""

    def __init__(self, label: Any, help_text: Any) -> None:
        hidden = PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
        super().__init__(label=label, help_text=help_text, required=False, max_length=200, widget=hidden)


class AccountForm(ModelForm):
    api_key = SecretField(
        lazy("API key"),
        help.KEY,
    )
    secret = SecretField(lazy("Secret"), help.SECRET)
    passphrase = SecretField(
        lazy("Passphrase"),
        help.PASSPHRASE,
    )
    override_rights = MultipleChoiceField(
        label=lazy("May all the same"),
        required=False,
        choices=[(right, lazy(words)) for right, words in DANGERS.items()],
        widget=CheckboxSelectMultiple,
        help_text=help.OVERRIDE,
    )
    ends_on = DateField(
        label=lazy("Key ends"),
        required=False,
        widget=DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=lazy("BitGet says it where the key is made, and nowhere else. You are warned two weeks before."),
    )

    class Meta:
        model = Account
        fields = [*_COLUMNS, "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given: Credentials | None = None
        # What BitGet has to be asked about; None where that is not needed, or the form is no good.
        self.asked: Credentials | None = None
        self.initial.setdefault("ends_on", self.instance.expires_at and self.instance.expires_at.date())
        if self.instance.sealed and "api_key" in self.fields:
            self.fields["api_key"].help_text = _("Stored: %(key)s. Leave all three empty to keep them.") % {
                "key": masked(self.instance)
            }

    def clean(self) -> dict[str, Any]:
        super().clean()
        if not self.errors:
            self._read_secrets()
        return self.cleaned_data

    def _post_clean(self) -> None:
        """Whether there is a test call to make is known last: not for a row that cannot be saved."""
        ends_on = self.cleaned_data.get("ends_on")
        self.instance.expires_at = datetime.combine(ends_on, time.min, UTC) if ends_on else None
        super()._post_clean()  # type: ignore[misc]  # the stubs leave it out
        if not self.errors and self._has_to_ask():
            try:
                self.asked = self.given or open_credentials(self.instance)
            except CannotOpen as error:
                self.add_error(None, str(error))

    def _read_secrets(self) -> None:
        typed = [self.cleaned_data.get(name, "") for name in SECRETS]
        if not any(typed) and self.instance.sealed:
            return
        if not all(typed):
            raise ValidationError(_("Enter API key, secret and passphrase: they belong together."))
        self.given = Credentials(*typed)
        opened.note(self.given)
        if not self.given.is_sendable:
            raise ValidationError(_("API key, secret and passphrase are of plain letters, digits and signs."))

    def _has_to_ask(self) -> bool:
        """Of an account that stays switched off nothing is asked, unless its key is new."""
        return bool(self.given or (self.instance.is_enabled and _ASKED_AGAIN & set(self.changed_data)))


class TriedForm(AccountForm):
    """The same once BitGet was asked: what it refuses is an error, what it told is saved."""

    trial: Trial | None = None

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.asked:
            self.trial = None
        elif self.trial is None or not self.trial.is_of(self.instance):
            self.add_error(None, _("This account was changed meanwhile. Look at it, and save again."))
        elif self.trial.verdict.outcome is Outcome.REFUSED:
            self.add_error(None, [*self.trial.verdict.problems, _("Nothing was saved.")])

    def save(self, commit: bool = True) -> Any:
        """`written` are the columns then: what a worker or a rotation writes meanwhile stays."""
        self.written = {*_COLUMNS, "expires_at"}
        if self.given:
            seal(self.instance, self.given)
            self.written |= set(SEALED)
        if self.trial:
            self.written |= learn(self.instance, self.trial)
            self.instance.is_enabled &= self.trial.verdict.outcome.may_be_followed
        return super().save(commit)


def masked(account: Account) -> str:
    return f"••••{account.key_end}" if account.sealed else ""
