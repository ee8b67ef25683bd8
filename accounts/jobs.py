"""What happens by the clock. Each job may run twice, or be cut off: the next run does what is left."""

from accounts import principals
from accounts.services.expiry import end_expired_rights
from accounts.services.pruning import prune


def end_expired_rights_job() -> int:
    return end_expired_rights(by=principals.system("schedule"))


def prune_job() -> dict[str, int]:
    return prune()
