"""A store that is a bucket of any S3-compatible service. In: names and objects. Out: the same from the bucket, or why not, in the portal's own words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3 import Session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError
from django.core.files import File
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

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

    def put_file(self, name: str, path: str) -> None:
        with troubles(), open(path, "rb") as file:
            self._bucket.save(name, File(file))

    def get(self, name: str) -> bytes:
        return self._get(name)

    def part(self, name: str, start: int, length: int) -> bytes:
        """As of a file: what lies behind its end is empty."""
        if length <= 0:
            return b""
        try:
            return self._get(name, Range=f"bytes={start}-{start + length - 1}")[:length]
        except _Behind:
            return b""

    def size(self, name: str) -> int | None:
        with troubles():
            try:
                return int(self._client.head_object(Bucket=self._name, Key=name)["ContentLength"])
            except ClientError as error:
                if _status(error) != 404:
                    raise
            self._client.head_bucket(Bucket=self._name)
        return None

    def delete(self, name: str) -> None:
        with troubles():
            self._bucket.delete(name)

    def names(self, prefix: str) -> Iterator[str]:
        with troubles():
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._name, Prefix=prefix
            ):
                yield from (entry["Key"] for entry in page.get("Contents", ()))

    @property
    def _client(self) -> Any:
        return self._bucket.connection.meta.client

    def _get(self, name: str, **part: str) -> bytes:
        with troubles():
            found = self._client.get_object(Bucket=self._name, Key=name, **part)
            data: bytes = found["Body"].read()
            if part and found["ResponseMetadata"]["HTTPStatusCode"] != 206:
                raise StoreTrouble(StoreTrouble.UNREACHABLE, "NoRanges")
            return data


class _Behind(Exception):
    """The part that was asked for lies behind the object's end."""


@contextmanager
def troubles() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _in_our_words(error) from None
    except (BotoCoreError, ResponseParserError, OSError, ValueError) as error:
        raise StoreTrouble(StoreTrouble.UNREACHABLE, type(error).__name__) from None


def _in_our_words(error: ClientError) -> Exception:
    word = str(error.response.get("Error", {}).get("Code", ""))
    if word == NO_KEY:
        return Missing()
    if word == NO_RANGE:
        return _Behind()
    code = CODES.get(word) or STATUSES.get(_status(error), StoreTrouble.UNREACHABLE)
    return StoreTrouble(code, word)


def _status(error: ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
