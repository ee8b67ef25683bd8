"""What happens to an invitation between being made and being accepted: it is mailed, or taken back."""

from smtplib import SMTPException

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, audit
from accounts.models import Invitation
from accounts.principals import Principal

log = structlog.get_logger(__name__)


def has_mail_server() -> bool:
    return not settings.EMAIL_BACKEND.endswith("dummy.EmailBackend")


def mail_invitation(*, invitation: Invitation, link: str) -> bool:
    """False when no mail left: then the link must reach the person some other way. It never goes to a log instead."""
    if not has_mail_server():
        return False
    subject = _("%(who)s invites you to %(tenant)s") % {
        "who": invitation.invited_by_name,
        "tenant": invitation.tenant.name,
    }
    body = _(
        "%(who)s invites you to %(tenant)s on Homeport.\n\nOpen this link to join. It works once, until %(until)s:\n\n%(link)s\n"
    ) % {
        "who": invitation.invited_by_name,
        "tenant": invitation.tenant.name,
        "until": invitation.expires_at.strftime("%Y-%m-%d %H:%M UTC"),
        "link": link,
    }
    try:
        send_mail(" ".join(subject.split()), body, None, [invitation.email])
    except (SMTPException, OSError) as error:
        log.warning("invitation_not_mailed", invitation=str(invitation.id), error=type(error).__name__)
        return False
    return True


@transaction.atomic
def revoke_invitation(*, by: Principal, invitation: Invitation) -> None:
    """Its link works no more. An invitation that was accepted meanwhile stays what it is."""
    deleted, _rows = Invitation.objects.filter(id=invitation.id, accepted_at=None).delete()
    if deleted:
        audit.record(
            by=by,
            action=actions.DIRECTORY_WRITE,
            scope=invitation.tenant.scope,
            tenant_id=invitation.tenant_id,
            details={"invitation_revoked": invitation.email},
        )
