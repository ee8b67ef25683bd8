"""What is wrong with a storage account, as a sentence in its reader's language. In: a code of StoreTrouble. Out: the sentence, with the way out."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.fleet.stores.base import StoreTrouble

WORDS: dict[str, Promise] = {
    StoreTrouble.NOT_FOUND: _(
        "Its bucket is not there. Correct the bucket's name, or create it in the store."
    ),
    StoreTrouble.FORBIDDEN: _(
        "The store answers Forbidden. Allow this portal's address in its firewall, and its key to list, read, write and delete in the bucket."
    ),
    StoreTrouble.DENIED: _("The store does not accept the credentials. Set them again."),
    StoreTrouble.KEYS_OFF: _("It may not be opened with its key. Allow that in its settings."),
    StoreTrouble.KIND: _("Premium accounts cannot hold logs. Choose another account."),
    StoreTrouble.NO_NAME: _(
        "No address is known for the store's name. Check how it is written; the portal goes on trying."
    ),
    StoreTrouble.NOT_LISTENING: _(
        "Nothing takes connections at the store's address and port. Check both, and whether the store runs; the portal goes on trying."
    ),
    StoreTrouble.NO_TLS: _(
        "The encrypted connection to the store fails: its certificate is not one that the portal trusts, has expired or is for another name, or it does not speak TLS at this port."
    ),
    StoreTrouble.UNREACHABLE: _(
        "The store did not answer in time, or not as an S3-compatible store does; or the disk of its folder is not mounted. Check its address or that disk; the portal goes on trying."
    ),
    StoreTrouble.FULL: _("The store is full. Make room there, or lower what machines may keep."),
    StoreTrouble.ELSEWHERE: _(
        "Its address leads into a network where stores may not be reached from here. Whoever runs the portal can allow it with HOMEPORT_STORE_NETWORKS."
    ),
}


def in_words(code: str) -> str:
    return str(WORDS.get(code, code))
