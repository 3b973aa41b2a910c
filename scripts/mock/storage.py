"""The S3-compatible storage that the mock is connected to: one endpoint, and bytes go nowhere else.

What requests say of a storage is signed for and asked of this endpoint alone. An AWS client would not
keep to it: it makes hosts of bucket names and regions, goes where an answer says that a bucket is, and
reads its surroundings. So only its signing is used, and requests are sent by what has one address to
send to, below all that follows redirects, keeps cookies or looks for proxies.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import quote

from ..errors import UsageError

REGION = "us-east-1"
"""What is signed for where no region is named: S3-compatible servers take it by default."""

LONGEST_KEY = 1024
"""Bytes of an object's key in UTF-8: Amazon S3 User Guide, Naming Amazon S3 objects."""

_URL = re.compile(
    r"https?://(?:[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?(?P<path>/[\w./~-]*)?",
    re.ASCII | re.IGNORECASE,
)
_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]")
"""Amazon S3 User Guide, General purpose bucket naming rules."""

_NO_BUCKET = ("-s3alias", "--ol-s3", "--x-s3", "--table-s3", ".mrap")
"""Ends of names that the same rules keep for what is reached at other hosts."""

_REGION = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
_ACCESS_KEY = re.compile(r"[!-~]{1,128}")

_Sign = Callable[[str, str, bytes, "Keys", str], dict[str, str]]
"""The headers to send with a method to a URL: body, keys, region."""


class StorageError(OSError):
    """The storage is out of reach, too slow, or fails: no fault of the request that named an object."""


@dataclass(frozen=True, slots=True)
class Keys:
    """A caller's credentials of the storage; neither shows when they are printed."""

    access: str = field(repr=False)
    secret: str = field(repr=False)


class Storage:
    """The storage at one http(s) URL, addressed by path.

    `timeout` is how many seconds connecting may take, and each wait for the storage; an operation ends
    within three times as many. Raises `UsageError` for what is no URL of a host. It belongs to the event
    loop that it is first used in.
    """

    def __init__(self, url: str, *, timeout: float = 5.0) -> None:
        import httpx  # noqa: PLC0415 - slow to load, and few mocks have a storage

        self._url = _endpoint(url)
        try:
            httpx.Request("HEAD", self._url)
        except (httpx.InvalidURL, ValueError):  # of hosts the client knows more than `_endpoint`
            raise _no_url(url) from None
        self._timeout = timeout
        self._sign = _signer()
        self._transport = httpx.AsyncHTTPTransport()

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        await self._transport.aclose()

    async def readable(self, bucket: str, key: str, keys: Keys, region: str = "") -> bool:
        """Whether an object is there and these keys may read it.

        False as well for names, keys and regions that are not well formed: nothing is sent for them.
        Raises `StorageError` if the storage is out of reach, too slow, or fails (408, 429, 5xx).
        """
        return await self._took("HEAD", bucket, key, b"", keys, region or REGION)

    async def write(self, bucket: str, key: str, body: bytes, keys: Keys, region: str = "") -> bool:
        """Write an object; whether the storage took it.

        False where there is no such bucket, where these keys may not write to it, and for names, keys and
        regions that are not well formed: nothing is sent for them. Raises `StorageError` as `readable` does.
        """
        return await self._took("PUT", bucket, key, body, keys, region or REGION)

    async def _took(self, method: str, bucket: str, key: str, body: bytes, keys: Keys, region: str) -> bool:
        """Whether the storage answers with success."""
        if not (_is_bucket(bucket) and _is_key(key) and _is_well_formed(keys) and _REGION.fullmatch(region)):
            return False
        url = f"{self._url}/{bucket}/{quote(key)}"
        try:
            async with asyncio.timeout(3 * self._timeout):
                status = await self._status(method, url, body, self._sign(method, url, body, keys, region))
        except TimeoutError:
            raise StorageError(f"the storage at {self._url} did not answer in time") from None
        if status in (408, 429) or status >= 500:
            raise StorageError(f"the storage at {self._url} answered with {status}")
        return 200 <= status < 300

    async def _status(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> int:
        """What a request is answered with; it is sent a second time if the connection broke."""
        import httpx  # noqa: PLC0415

        request = httpx.Request(method, url, headers=headers, content=body if method == "PUT" else None)
        request.extensions["timeout"] = httpx.Timeout(self._timeout).as_dict()
        for again in (True, False):
            try:
                response = await self._transport.handle_async_request(request)
                try:
                    await response.aread()  # or the connection could not be kept
                finally:
                    await response.aclose()
            except httpx.TimeoutException:
                break
            except httpx.HTTPError as error:
                # A kept connection may have been closed by the storage as it was taken.
                if not again:
                    # Not what the error says, nor the error: either may hold headers.
                    raise StorageError(f"the storage at {self._url} cannot be used: {type(error).__name__}") from None
            else:
                return response.status_code
        raise TimeoutError


def _signer() -> _Sign:
    """AWS Signature Version 4 for S3, as botocore makes it."""
    from botocore.auth import S3SigV4Auth  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.awsrequest import AWSRequest  # type: ignore[import-untyped]  # noqa: PLC0415
    from botocore.credentials import Credentials  # type: ignore[import-untyped]  # noqa: PLC0415

    def sign(method: str, url: str, body: bytes, keys: Keys, region: str) -> dict[str, str]:
        request = AWSRequest(method, url, data=body)
        S3SigV4Auth(Credentials(keys.access, keys.secret), "s3", region).add_auth(request)
        return {**request.headers, "Accept-Encoding": "identity", "User-Agent": "plumbline"}

    return sign


def _endpoint(url: str) -> str:
    """A URL without a slash at its end."""
    found = _URL.fullmatch(url)
    if not found or int(found["port"] or 1) not in range(1, 65536) or _has_dots(found["path"] or ""):
        raise _no_url(url)
    return url.rstrip("/")


def _no_url(url: str) -> UsageError:
    shown = re.sub(r"//.*@", "//…@", url, flags=re.DOTALL)
    return UsageError(f"{shown!r} is no URL of a storage", hint="Like http://127.0.0.1:9000, without keys.")


def _is_bucket(name: str) -> bool:
    return _BUCKET.fullmatch(name) is not None and not name.endswith(_NO_BUCKET)


def _is_key(key: str) -> bool:
    try:
        length = len(key.encode())
    except UnicodeEncodeError:
        return False
    return 0 < length <= LONGEST_KEY and not _has_dots(key)


def _has_dots(path: str) -> bool:
    """Whether a path has a segment `.` or `..`.

    Whoever stands between may take such segments out (RFC 3986, 6.2.2.3), and what was a key in one bucket
    is in another.
    """
    return not {".", ".."}.isdisjoint(path.split("/"))


def _is_well_formed(keys: Keys) -> bool:
    """Whether keys can be signed with; an access key stands in a header, whose line it must not end."""
    return _ACCESS_KEY.fullmatch(keys.access) is not None and keys.secret != "" and keys.secret.isprintable()
