from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import SignIn, User
from accounts.principals import Principal
from accounts.services.people import set_password


@transaction.atomic
def change_profile(
    *, by: Principal, user: User, display_name: str, email: str, language: str, theme: str
) -> None:
    before = {"display_name": user.display_name, "email": user.email}
    user.display_name, user.email, user.language, user.theme = display_name, email, language, theme
    user.full_clean()
    user.save(update_fields=["display_name", "email", "language", "theme"])
    after = {"display_name": display_name, "email": email}
    if after != before:
        audit.record(
            by=by,
            action=actions.DIRECTORY_WRITE,
            scope=f"/users/{user.id}",
            tenant_id=by.tenant_id,
            details={"before": before, "after": after},
        )


def choose_language(*, user: User, language: str) -> None:
    user.language = language
    user.save(update_fields=["language"])


def choose_terminal(*, user: User, size: int, family: str, theme: str, screen_reader: bool) -> None:
    user.terminal = {"size": size, "family": family, "theme": theme, "screen_reader": screen_reader}
    user.save(update_fields=["terminal"])


@transaction.atomic
def change_own_password(*, by: Principal, user: User, new: str, keep: SignIn) -> None:
    if check_password(new, user.password):
        raise ValidationError({"new": _("This is the password you have. Choose another.")})
    try:
        set_password(by=by, user=user, password=new, keep=keep)
    except ValidationError as error:
        raise ValidationError({"new": error.messages}) from error
