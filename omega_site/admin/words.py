"""Words of the admin's theme and of a library that their own German lacks: ours are looked up first."""

from typing import Final

from django.utils.translation import gettext_noop as _

LACKING: Final = (
    _("Click to cancel"),
    _("Filters"),
    _("Go back"),
    _("No results found"),
    _("Reset filters"),
    _("Select action"),
    _("Select action to run"),
    _("Select all rows"),
    _("Select record"),
    _("Select value"),
    _("This item will be deleted."),
    _("Type to search"),
    _("Enabled"),
    _("Password-based authentication"),
    _("After you've created a user, you’ll be able to edit more user options."),
    _("This page yielded into no results. Create a new item or reset your filters."),
    _(
        "Raw passwords are not stored, so there is no way to see this user’s password, but you can change the password"
        ' using <a href="{}" class="text-primary-600 dark:text-primary-500">this form</a>.'
    ),
    _(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able to"
        " authenticate using other backends, such as Single Sign-On or LDAP."
    ),
)
