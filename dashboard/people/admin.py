"""Users and groups in the admin: Django's own pages in our layout, with what a right means to its holder."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from feeds.admin.base import ModelAdmin

if TYPE_CHECKING:
    from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
else:
    from unfold.forms import AdminPasswordChangeForm, UserChangeForm
    from unfold.forms import UserCreationForm as AdminUserCreationForm


class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[misc]  # their types differ in a keyword
    form = UserChangeForm
    add_form = AdminUserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "is_active", "is_staff", "is_superuser", "last_login"]
    help_texts = {
        "username": _("What this person types at the login. Letters, digits and @ . + - _ only."),
        "first_name": _("Shown in this menu and in the history of rows; may stay empty."),
        "last_name": _("Shown in this menu and in the history of rows; may stay empty."),
        "email": _("Where a link for a forgotten password is sent. Without it, an administrator sets a new one."),
        "is_active": _(
            "Off: this person is logged out everywhere within seconds, and nobody can log in by this name. Better than"
            " deleting, which takes the history along."
        ),
        "is_staff": _("May open this administration. What can be seen and changed here is said by the rights below."),
        "is_superuser": _("May do everything here, and sees every account. For as few people as possible."),
        "groups": _("Each group gives its rights, and lets its members see the accounts that are shared with it."),
        "user_permissions": _("Rights of this person alone, beside those of the groups."),
        "last_login": _("When this person last typed the password. UTC."),
        "date_joined": _("When this row was made. UTC."),
    }

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Only a superuser makes another one."""
        own = super().get_readonly_fields(request, obj)
        return own if request.user.is_superuser else [*own, "is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Nor does anybody else change one: a new password or address of theirs would be a way to become one."""
        return _is_within_reach(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _is_within_reach(request, obj) and super().has_delete_permission(request, obj)


class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    help_texts = {
        "name": _("How people call it, such as Operators."),
        "permissions": _("What every member may do. A change holds at once, also for open pages."),
    }


class SecondFactorAdmin(ModelAdmin):
    """What somebody logs in with besides the password: to be deleted here for who lost the phone, and nothing else."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    search_fields = ["user__username"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _is_within_reach(request: HttpRequest, user: User | None) -> bool:
    return request.user.is_superuser or user is None or not user.is_superuser
