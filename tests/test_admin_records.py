"""Staff grants and the audit log on the staff's site."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import actions, audit
from accounts.access import Verdict, decide
from accounts.models import AuditEntry, StaffGrant
from accounts.roles import OWNER, READER
from tests.test_admin_site import SignedIn, newest
from tests.world import World


@pytest.fixture
def staff(client_of: SignedIn) -> Client:
    return client_of("staff")


GRANT = {"reason": "Customer asked, ticket 4711", "hours": "2"}


def test_a_staff_grant_opens_a_tenant_for_its_time_and_ends(world: World, staff: Client) -> None:
    member = world.people["staff"]
    me = world.principal("staff")
    assert decide(me, actions.VM_READ, world.vm).verdict is Verdict.UNSEEN
    given = {"staff": str(member.id), "tenant": str(world.contoso.id), "role": str(READER.id), **GRANT}
    staff.post("/admin/accounts/staffgrant/add/", given)
    grant = StaffGrant.objects.get()
    assert timedelta(hours=1, minutes=59) < grant.until - timezone.now() <= timedelta(hours=2)
    assert decide(me, actions.VM_READ, world.vm).allowed
    assert not decide(me, actions.CONNECT, world.vm).allowed
    assert newest("Homeport.Directory/staffGrants/write").chain.tenant == world.contoso
    assert (
        staff.post(f"/admin/accounts/staffgrant/{grant.id}/change/", {"reason": "other"}).status_code == 403
    )
    staff.post(f"/admin/accounts/staffgrant/{grant.id}/end/")
    assert decide(me, actions.VM_READ, world.vm).verdict is Verdict.UNSEEN
    assert newest("Homeport.Directory/staffGrants/delete").principal_name == "staff"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"reason": "short"}, "reason"),
        ({"hours": "9"}, "hours"),
        ({"hours": "0"}, "hours"),
        ({"staff": "owner"}, "staff"),
    ],
)
def test_a_grant_with_a_bad_value_is_told_at_its_field(
    world: World, staff: Client, wrong: dict[str, str], field: str
) -> None:
    given = {
        "staff": str(world.people["staff"].id),
        "tenant": str(world.contoso.id),
        "role": str(OWNER.id),
        **GRANT,
        **({"staff": str(world.people["owner"].id)} if "staff" in wrong else wrong),
    }
    answer = staff.post("/admin/accounts/staffgrant/add/", given)
    assert list(answer.context["adminform"].form.errors) == [field]
    assert not StaffGrant.objects.exists()


def rows(answer: Any) -> list[AuditEntry]:
    return list(answer.context["cl"].result_list)


def test_audit_entries_are_found_by_person_tenant_action_outcome_time_and_request(
    world: World, staff: Client
) -> None:
    owner = world.principal("owner")
    entry = audit.record(
        by=owner, action=actions.CONNECT, scope=world.vm.scope, tenant_id=world.contoso.id, outcome="refused"
    )
    request = AuditEntry.objects.filter(action="Homeport.Directory/signIn/action").first().request_id  # type: ignore[union-attr]
    for query in (
        {"who": "owner", "action_has": "connect"},
        {"who": str(owner.id), "outcome__exact": "refused"},
        {"outcome__exact": "refused", "tenant": "contoso", "since": "2020-01-01"},
    ):
        assert rows(staff.get("/admin/accounts/auditentry/", query)) == [entry], query
    assert [
        one.request_id for one in rows(staff.get("/admin/accounts/auditentry/", {"request": request}))
    ] == [request]
    assert {str(one.chain) for one in rows(staff.get("/admin/accounts/auditentry/", {"tenant": "-"}))} == {
        "platform"
    }
    for nothing in ({"until": "2020-01-01"}, {"since": "yesterday"}, {"who": "nobody-of-this-name"}):
        assert rows(staff.get("/admin/accounts/auditentry/", nothing)) == []
    assert staff.get(f"/admin/accounts/auditentry/{entry.pk}/change/").status_code == 200
    assert staff.get("/admin/accounts/auditentry/add/").status_code == 403


def test_the_audit_list_takes_the_same_few_queries_however_many_entries(
    world: World, staff: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        staff.get("/admin/accounts/auditentry/")
