from argparse import ArgumentParser
from typing import Any

from accounts.management.lookups import group_named, member_named, operator, tenant_named
from accounts.services.people import set_members
from portal.config.commands import OperatorCommand, Row


class Command(OperatorCommand):
    help = "Adds people to a group, removes them, and lists who is in it."

    def options(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="short name, name or id")
        parser.add_argument("--group", required=True)
        parser.add_argument("--add", action="append", default=[], metavar="USERNAME")
        parser.add_argument("--remove", action="append", default=[], metavar="USERNAME")

    def act(self, *, tenant: str, group: str, add: list[str], remove: list[str], **options: Any) -> Row:
        home = tenant_named(tenant)
        people = group_named(home, group)
        members = set(people.members.all())
        members |= {member_named(home, username) for username in add}
        members -= {member_named(home, username) for username in remove}
        if add or remove:
            set_members(by=operator("group_members"), group=people, users=members)
        return {
            "group": people.name,
            "tenant": home.slug,
            "members": sorted(user.username for user in members),
        }
