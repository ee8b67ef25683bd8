"""Whether a storage account lets somebody at what it keeps. In: the account and a person. Out: the code of what stands in the way, or nothing.

The portal's own workers are the service that every account trusts: its network rules do not ask where they are.
"""

from accounts.conditions import address_allowed
from accounts.principals import SYSTEM, Principal
from portal.fleet.models.storage import StorageAccount, StorageKind
from portal.fleet.stores.base import StoreTrouble

# what an account said of itself when it was last asked, and goes on saying until somebody repairs it
LASTING = (StoreTrouble.NOT_FOUND, StoreTrouble.FORBIDDEN)
SHUT = (StoreTrouble.KIND, StoreTrouble.KEYS_OFF, *LASTING)


class ShutOut(StoreTrouble):
    """By the network rules of an account in which some of what was asked for is kept."""

    def __init__(self, account: StorageAccount, address: str) -> None:
        super().__init__(StoreTrouble.FORBIDDEN, account.name)
        self.account, self.address = account, address


def in_the_way(account: StorageAccount | None, who: Principal) -> str:
    """Of a console, whose log is kept there: what passes by itself stands in nobody's way, since the spool bridges it."""
    if account is None:
        return ""
    trouble = trouble_of(account)
    if trouble in SHUT:
        return trouble
    return StoreTrouble.FORBIDDEN if shut_out(account, who) else ""


def trouble_of(account: StorageAccount) -> str:
    """What is wrong with it wherever somebody is: by its settings, or as it last answered."""
    if account.kind == StorageKind.UNSUPPORTED:
        return StoreTrouble.KIND
    return account.last_error if account.key_access else StoreTrouble.KEYS_OFF


def shut_out(account: StorageAccount, who: Principal) -> bool:
    """By its network rules, of all that is kept there."""
    if account.default_action == "Allow" or who.kind == SYSTEM:
        return False
    return not address_allowed(who.address, account.allowed_addresses)
