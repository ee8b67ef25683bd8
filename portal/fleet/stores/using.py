"""What is kept in a storage account, as rows tell it. In: an account. Out: how many of each kind of thing refer to it, whatever app they are of."""

from collections.abc import Iterator

from django.db.models import ManyToOneRel, Q

from portal.fleet.models.records import AuditExport
from portal.fleet.models.storage import StorageAccount, StorageKind

# they say where what comes will be kept; all else is kept there now
POINTERS = {"fleet.VirtualMachine", "fleet.Retention"}
# it tells of the account, and goes with it
TELLS = "fleet.RecordTrouble"


def used_by(account: StorageAccount) -> dict[str, int]:
    found = {
        relation.related_model._meta.label: relation.related_model._base_manager.filter(
            **{relation.field.name: account}
        ).count()
        for relation in _relations()
    }
    return {label: count for label, count in found.items() if count}


def kept_in(account: StorageAccount) -> bool:
    return bool(set(used_by(account)) - POINTERS)


def keeps_nothing(account: StorageAccount) -> bool:
    return not kept_in(account)


def nothing_in_the_managed_one() -> bool:
    """It is the store of all accounts of its kind, of rows without an account, and of exports."""
    for relation in _relations():
        name = relation.field.name
        here = Q(**{name: None}) | Q(**{f"{name}__kind": StorageKind.MANAGED})
        model = relation.related_model
        if model._meta.label not in POINTERS and model._base_manager.filter(here).exists():
            return False
    return not AuditExport.objects.filter(parts__gt=0).exists()


def _relations() -> Iterator[ManyToOneRel]:
    fields = StorageAccount._meta.get_fields(include_hidden=True)
    relations = (field for field in fields if isinstance(field, ManyToOneRel))
    return (relation for relation in relations if relation.related_model._meta.label != TELLS)
