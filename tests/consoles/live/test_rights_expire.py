"""Rights that end by the clock, end the session when they do: nobody acts, so no event tells of it."""

import time
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.events import ACCESS_CHANGED, announce
from accounts.models import Group, RoleAssignment, SignIn, StaffGrant, Tenant
from accounts.services.people import add_to_group, save_group
from consoles.threads import in_thread
from consoles.wire import Close
from tests.consoles.live.conftest import Stage
from tests.consoles.live.test_rights_end import Act, grant
from tests.world import SYSTEM, World

pytestmark = pytest.mark.django_db(transaction=True)


def assignment_expires(world: World) -> None:
    mine = RoleAssignment.objects.filter(principal_id=world.people["contributor"].id)
    mine.update(expires_at=soon())


def assignment_of_a_group_expires(world: World) -> None:
    group = save_group(by=SYSTEM, tenant=world.contoso, group=Group(name="on call"))
    add_to_group(by=SYSTEM, group=group, user=world.people["contributor"])
    mine = RoleAssignment.objects.filter(principal_id=world.people["contributor"].id)
    mine.update(principal_id=group.id, principal_kind="Group", expires_at=soon())


def sign_in_grows_old(world: World) -> None:
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    SignIn.objects.filter(user=world.people["contributor"]).update(started_at=soon() - age)


def second_factor_grows_old(world: World) -> None:
    Tenant.objects.filter(id=world.contoso.id).update(require_mfa=True, mfa_max_age_minutes=60)
    mine = SignIn.objects.filter(user=world.people["contributor"])
    mine.update(mfa_at=soon() - timedelta(minutes=60))


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=1)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (assignment_expires, Close.REVOKED),
        (assignment_of_a_group_expires, Close.REVOKED),
        (sign_in_grows_old, Close.SIGNED_OUT),
        (second_factor_grows_old, Close.REVOKED),
    ],
)
async def test_what_ends_by_itself_is_looked_at_when_it_does(stage: Stage, act: Act, code: Close) -> None:
    """Not up to twenty seconds later, which is how often it is asked for without a reason."""
    await stage.attach_device()
    await stage.cookie("contributor")
    await in_thread(act, stage.world)
    browser = await stage.attached("contributor")
    began = time.monotonic()
    assert await browser.closed() == code
    assert time.monotonic() - began < 3


async def test_a_staff_grants_last_moment_is_the_consoles(stage: Stage) -> None:
    await stage.attach_device()
    await in_thread(grant, stage.world)
    browser = await stage.attached("staff")
    await in_thread(lambda: StaffGrant.objects.update(until=soon()))
    await in_thread(announce, ACCESS_CHANGED, stage.world.contoso.id)
    began = time.monotonic()
    assert await browser.closed() == Close.REVOKED
    assert 0.5 < time.monotonic() - began < 3
