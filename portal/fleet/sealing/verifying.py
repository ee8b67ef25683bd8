"""Proves every chain from its first entry to its newest. In: seals, their files, and what is still in the table. Out: the first broken link of each."""

from collections.abc import Iterator

import structlog

from accounts import audit
from accounts.audit import BrokenLink, Link
from accounts.models import AuditChain
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import keys
from portal.fleet.sealing.files import digest, ending, statement, unpack
from portal.fleet.sealing.lines import Altered, entry_of
from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.opening import store_of

log = structlog.get_logger(__name__)

# what values of a wrong kind or size raise, in a line or in the link that is made of it
MALFORMED = (Altered, ValueError, TypeError, ArithmeticError, RecursionError)
MORE = 64 * 1024  # a file that was changed or packed again may be longer: it is looked into all the same


def verify() -> Iterator[BrokenLink]:
    for chain in AuditChain.objects.select_related("tenant").order_by("id"):
        broken = _looked_at(chain)
        if broken is not None:
            yield broken


def _looked_at(chain: AuditChain) -> BrokenLink | None:
    try:
        return _first_broken(chain.id)
    except Exception as error:  # whatever it is, it belongs to one chain: the others are named as well
        log.warning("audit_chain_not_verified", chain=str(chain), error=str(error))
        return BrokenLink(str(chain), chain.sealed_seq + 1, f"it cannot be verified ({type(error).__name__})")


def _first_broken(number: int) -> BrokenLink | None:
    """Looked at again where entries were sealed meanwhile: half of it was read before, half after."""
    while True:
        chain = AuditChain.objects.select_related("tenant").get(id=number)
        broken = _sealed(chain) or audit.first_broken(chain)
        if broken is None or AuditChain.objects.get(id=number).sealed_seq == chain.sealed_seq:
            return broken


def _sealed(chain: AuditChain) -> BrokenLink | None:
    end = Link(0, "")
    seals = AuditSeal.objects.filter(chain=chain, first_seq__lte=chain.sealed_seq).select_related("account")
    for seal in seals.order_by("first_seq").iterator():
        seal.chain = chain
        seq, problem = _problem(seal, end)
        if problem:
            return BrokenLink(str(chain), seq, problem)
        end = Link(seal.last_seq, seal.last_hash)
    if end != Link(chain.sealed_seq, chain.sealed_hash):
        return BrokenLink(str(chain), end.seq + 1, "its sealed file is not known")
    return None


def _problem(seal: AuditSeal, before: Link) -> tuple[int, str]:
    """With the entry that it is seen at; empty when there is none."""
    if Link(seal.first_seq - 1, seal.previous_hash) != before:
        return before.seq + 1, "its sealed file is not known"
    if not keys.is_signed(statement(seal), seal.signature):
        return seal.first_seq, "the seal of its file was changed"
    return (seal.first_seq, "") if seal.deleted_at else _in_file(seal, before)


def _in_file(seal: AuditSeal, before: Link) -> tuple[int, str]:
    try:
        lines = unpack(store_of(seal.account).get(seal.blob, 2 * seal.stored_bytes + MORE))
    except Missing:
        return seal.first_seq, "its sealed file is gone"
    except StoreTrouble as trouble:
        return seal.first_seq, f"its sealed file cannot be read ({trouble.code})"
    except Altered as altered:
        return seal.first_seq, f"its sealed file was changed: {altered}"
    return _in_lines(seal, lines, before)


def _in_lines(seal: AuditSeal, lines: list[bytes], before: Link) -> tuple[int, str]:
    """The entry first, where one can be named; then the file as a whole."""
    *entries, last = lines
    for line in entries:
        try:
            entry = entry_of(line, seal.chain)
            problem = audit.problem_after(before, entry)
        except MALFORMED:
            return before.seq + 1, "changed in its sealed file: it cannot be read"
        if problem:
            return min(entry.seq, before.seq + 1), f"{problem} in its sealed file"
        before = Link(entry.seq, entry.hash)
    if before != Link(seal.last_seq, seal.last_hash):
        return before.seq + 1, "missing in its sealed file"
    if digest(entries) != seal.sha256 or last != ending(seal):
        return seal.first_seq, "its sealed file was changed"
    return seal.first_seq, ""
