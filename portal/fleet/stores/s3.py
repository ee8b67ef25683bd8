"""A store that is a bucket of any S3-compatible service. In: names and objects. Out: the same from the bucket, or why not, in the portal's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from boto3 import Session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, SSLError
from botocore.parsers import ResponseParserError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage
from urllib3.exceptions import NameResolutionError

from portal.fleet.stores.base import Missing, StoreTrouble
from portal.fleet.stores.sending import MIB, SECONDS, Sender, straight

CLIENT = Config(
    signature_version="s3v4",
    connect_timeout=SECONDS,
    read_timeout=SECONDS,
    retries={"total_max_attempts": 1, "mode": "standard"},  # who asked tries again, and says so meanwhile
    s3={"addressing_style": "path", "payload_signing_enabled": True},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
IN_ONE_PIECE = TransferConfig(multipart_threshold=64 * MIB, multipart_chunksize=16 * MIB, use_threads=False)
NO_KEY, NO_RANGE = "NoSuchKey", "InvalidRange"
MOST_NAMES, LISTING = 200_000, 60.0
# what botocore stumbles over in an answer that is not as S3's are
NONSENSE = (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError)
CODES = {
    "NoSuchBucket": StoreTrouble.NOT_FOUND,
    "AccessDenied": StoreTrouble.FORBIDDEN,
    "InvalidAccessKeyId": StoreTrouble.DENIED,
    "SignatureDoesNotMatch": StoreTrouble.DENIED,
    "ExpiredToken": StoreTrouble.DENIED,
    "InvalidToken": StoreTrouble.DENIED,
    "AuthorizationHeaderMalformed": StoreTrouble.DENIED,
    "RequestTimeTooSkewed": StoreTrouble.DENIED,
    "QuotaExceeded": StoreTrouble.FULL,
    "XMinioStorageFull": StoreTrouble.FULL,
    "InsufficientStorage": StoreTrouble.FULL,
}
STATUSES = {
    401: StoreTrouble.DENIED,
    403: StoreTrouble.FORBIDDEN,
    404: StoreTrouble.NOT_FOUND,
    507: StoreTrouble.FULL,
}


class _Bucket(S3Storage):
    """All is given: of what this host has for AWS in its environment, a tenant's store uses nothing."""

    def __init__(self, **given: Any) -> None:
        super().__init__(
            **given,
            security_token=None,
            session_profile=None,
            location="",
            gzip=False,
            default_acl=None,
            file_overwrite=True,
            object_parameters={"ContentType": "application/octet-stream"},
            client_config=CLIENT,
            transfer_config=IN_ONE_PIECE,
        )
        self._sender = Sender(given["endpoint_url"])

    def _create_session(self) -> Session:
        session: Session = super()._create_session()
        session.events.register("before-call.s3", straight)
        session.events.register("before-send.s3", self._sender.answer)
        return session


class S3Store:
    def __init__(self, *, endpoint: str, region: str, bucket: str, access_key: str, secret: str) -> None:
        self._name = bucket
        self._bucket = _Bucket(
            endpoint_url=endpoint,
            region_name=region or "us-east-1",
            bucket_name=bucket,
            access_key=access_key,
            secret_key=secret,
        )

    def put(self, name: str, data: bytes) -> None:
        with troubles():
            self._bucket.save(name, ContentFile(data))

    def get(self, name: str, most: int | None = None) -> bytes:
        part = {} if most is None else {"Range": f"bytes=0-{most}"}
        with troubles():
            try:
                found = self._client.get_object(Bucket=self._name, Key=name, **part)
            except ClientError as error:
                if _word(error) == NO_KEY:
                    raise Missing from None
                if part and _word(error) == NO_RANGE:  # it is empty
                    return b""
                raise
            data: bytes = found["Body"].read()
        return data

    def delete(self, name: str) -> None:
        with troubles():
            self._bucket.delete(name)

    def names(self, prefix: str) -> Iterator[str]:
        """A listing without end is given up. What is not asked for is left alone, whoever names it."""
        until, count = monotonic() + LISTING, 0
        with troubles():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix)
            for page in pages:
                found = [entry.get("Key", "") for entry in page.get("Contents", ())]
                count += len(found)
                if count > MOST_NAMES or monotonic() > until:
                    raise StoreTrouble(StoreTrouble.UNREACHABLE, "TooMany")
                yield from (name for name in found if name.startswith(prefix))

    @property
    def _client(self) -> Any:
        return self._bucket.connection.meta.client


@contextmanager
def troubles() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _in_our_words(error) from None
    except (BotoCoreError, ResponseParserError, OSError, *NONSENSE) as error:
        raise StoreTrouble(_without_an_answer(error), type(error).__name__) from None


def _without_an_answer(error: Exception) -> str:
    if isinstance(error, SSLError):
        return StoreTrouble.NO_TLS
    if not isinstance(error, EndpointConnectionError):
        return StoreTrouble.UNREACHABLE
    nameless = isinstance(error.kwargs.get("error"), NameResolutionError)
    return StoreTrouble.NO_NAME if nameless else StoreTrouble.NOT_LISTENING


def _in_our_words(error: ClientError) -> StoreTrouble:
    word = _word(error)
    code = CODES.get(word) or STATUSES.get(_status(error), StoreTrouble.UNREACHABLE)
    return StoreTrouble(code, word)


def _word(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
