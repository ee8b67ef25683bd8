"""A sealed file: JSON Lines under zstd, one entry a line, and a last line that signs them. In: entries of one chain. Out: the file, or its entries again.

What is signed is a statement of the seal's own row. So the row proves its part of the chain also after the file was deleted,
and that the portal deleted it: then the statement says when, and is signed anew.
"""

import json
from hashlib import sha256

import zstandard

from accounts.models import AuditChain, AuditEntry
from portal.fleet.models.records import AuditSeal
from portal.fleet.sealing import keys
from portal.fleet.sealing.lines import Altered, entry_of, line_of

LARGEST = 64 * 1024 * 1024  # unpacked; a file is made of an eighth of it
MOST_LINES = 50_000
LEVEL = 9


def pack(chain: AuditChain, entries: list[AuditEntry]) -> tuple[AuditSeal, bytes]:
    """The same entries make the same file, whoever packs them and when."""
    first, last = entries[0], entries[-1]
    lines = [line_of(entry) for entry in entries]
    seal = AuditSeal(
        chain=chain,
        first_seq=first.seq,
        last_seq=last.seq,
        first_at=first.at,
        last_at=last.at,
        previous_hash=first.previous_hash,
        last_hash=last.hash,
        blob=f"audit/{chain.tenant_id}/{first.seq:012d}-{last.seq:012d}.jsonl.zst",
        sha256=digest(lines),
    )
    seal.signature = keys.sign(statement(seal))
    data = zstandard.ZstdCompressor(level=LEVEL).compress(b"\n".join([*lines, ending(seal), b""]))
    seal.stored_bytes = len(data)
    return seal, data


def statement(seal: AuditSeal) -> str:
    said = {
        "format": "homeport.audit.seal.1",
        "chain": str(seal.chain.tenant_id),
        "first": seal.first_seq,
        "last": seal.last_seq,
        "firstAt": seal.first_at.isoformat(timespec="microseconds"),
        "lastAt": seal.last_at.isoformat(timespec="microseconds"),
        "previousHash": seal.previous_hash,
        "lastHash": seal.last_hash,
        "sha256": seal.sha256,
        "deleted": seal.deleted_at.isoformat(timespec="microseconds") if seal.deleted_at else None,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"))


def ending(seal: AuditSeal) -> bytes:
    said = {"statement": statement(seal), "signature": seal.signature, "publicKey": keys.public_key()}
    return json.dumps(said, separators=(",", ":")).encode()


def digest(lines: list[bytes]) -> str:
    """Of the lines as `head -n -1` gives them."""
    return sha256(b"".join(line + b"\n" for line in lines)).hexdigest()


def unpack(data: bytes) -> list[bytes]:
    """Every line, the signing one last. Raises Altered; no more memory is taken than a file may have."""
    try:
        size = zstandard.frame_content_size(data)
        if not 0 <= size <= LARGEST:
            raise Altered("it is too large")
        text = zstandard.ZstdDecompressor().decompress(data, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Altered("it cannot be unpacked") from error
    if text.count(b"\n") > MOST_LINES:
        raise Altered("it has too many lines")
    return text.removesuffix(b"\n").split(b"\n")


def entries_in(seal: AuditSeal, data: bytes) -> list[AuditEntry]:
    """In their order, for readers: all of a file that is exactly what was sealed, or Altered."""
    *lines, last = unpack(data)
    if not keys.is_signed(statement(seal), seal.signature):
        raise Altered("its seal was changed")
    if digest(lines) != seal.sha256 or last != ending(seal):
        raise Altered("it was changed")
    return [entry_of(line, seal.chain) for line in lines]
