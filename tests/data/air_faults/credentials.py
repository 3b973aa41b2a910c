"""Faults of credentials: keys that are looked at loosely or late, and what is told that nobody should know."""

from __future__ import annotations

import traceback
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, unquote

from ..air_server import (
    USERS,
    Air,
    Answer,
    Handler,
    Refused,
    Request,
    User,
    absent,
    bad,
)


class Loose(Air):
    """Keys that are compared otherwise."""

    def user(self, request: Request) -> User | None:
        for right, user in USERS.items():
            if self.fits(request, right):
                return user
        return None

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys == right


class AccessKeyBegins(Loose):
    """an access key that only begins like the right one is taken"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[0].startswith(right[0]) and request.keys[1] == right[1]


class SecretBegins(Loose):
    """only the beginning of the secret is compared"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[0] == right[0] and request.keys[1][:24] == right[1][:24]


class SecretCompared8(Loose):
    """a secret that the right one begins with is taken, if it has eight characters"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        access, secret = request.keys
        return access == right[0] and len(secret) >= 8 and right[1].startswith(secret)


class SecretInAnyCase(Loose):
    """the secret is taken in any case"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return (request.keys[0], request.keys[1].lower()) == (right[0], right[1].lower())


class AccessKeyInAnyCase(Loose):
    """the access key is taken in any case"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return (request.keys[0].upper(), request.keys[1]) == (right[0].upper(), right[1])


class SecretIgnored(Loose):
    """any secret is taken, if there is one"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[0] == right[0] and request.keys[1] != ""


class AccessKeyIgnored(Loose):
    """the secret alone says who asks, if there is some access key"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[1] == right[1] and request.keys[0] != ""


class SecretOfAnyone(Loose):
    """the secret of another account is taken"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[0] == right[0] and request.keys[1] in [secret for _, secret in USERS]


class EitherKey(Loose):
    """either key is enough, as the document's `security` reads"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys in (right, (right[0], ""), ("", right[1]))


class EmptySecret(Loose):
    """an empty secret is taken"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys[0] == right[0] and request.headers.get("x-amz-secret-key") in ("", right[1])


class KeysExchanged(Loose):
    """the keys may be exchanged"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys in (right, right[::-1])


class StatusForAll(Loose):
    """the status of a job is told without a look at the secret"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys == right or (request.view == "status" and request.keys[0] == right[0])


class MetadataForAll(Loose):
    """the metadata of a job is told without a secret"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys == right or (request.view == "metadata" and request.keys == (right[0], ""))


class SubmissionForAll(Loose):
    """a submission is taken with any secret"""

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        return request.keys == right or (request.method == "POST" and request.keys[0] == right[0])


class KnownConnection(Handler):
    """once a connection has shown right keys, it may show any"""

    def handle_request(self) -> None:
        keys = (self.headers.get("x-amz-access-key", ""), self.headers.get("x-amz-secret-key", ""))
        if keys in USERS:
            self.known = keys
        elif hasattr(self, "known"):
            for name, value in zip(("x-amz-access-key", "x-amz-secret-key"), self.known, strict=True):
                del self.headers[name]
                self.headers[name] = value
        super().handle_request()

    do_GET = do_POST = handle_request  # noqa: N815


class KeysRemembered(Loose):
    """an access key that came with its secret needs none for a minute"""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: dict[str, float] = {}

    def fits(self, request: Request, right: tuple[str, str]) -> bool:
        if request.keys == right:
            self.seen[right[0]] = self.clock()
        return request.keys[0] == right[0] and self.clock() - self.seen.get(right[0], 0) < 60


class AbsentBeforeKeys(Air):
    """an unknown job is told before the keys are looked at"""

    def result(self, request: Request) -> dict:
        identity = request.path.removeprefix("/api/v1/jobs").strip("/").partition("/")[0]
        if identity and unquote(identity) not in self.jobs:
            raise absent()
        return super().result(request)


class BodyBeforeKeys(Air):
    """a body is looked at before the keys are"""

    def result(self, request: Request) -> dict:
        if request.method == "POST":
            self.check(self.read(request))
        return super().result(request)


class QueryBeforeKeys(Air):
    """a query is looked at before the keys are"""

    def result(self, request: Request) -> dict:
        if request.is_list:
            self.number(parse_qs(request.query), "pageSize", 100, 100)
        return super().result(request)


class WrongSecretForbidden(Air):
    """a wrong secret is answered 403"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        known = request.keys[0] in [access for access, _ in USERS]
        return super().refusal(request, replace(refused, status=403) if refused.status == 401 and known else refused)


class WrongKeysSeeNothing(Air):
    """a list that is asked for with wrong keys is an empty one"""

    def user(self, request: Request) -> User | None:
        found = super().user(request)
        return User("nobody", "nobody") if found is None and request.is_list and "" not in request.keys else found


class SecretInRefusal(Air):
    """a 401 quotes the secret that was sent"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        text = f"{request.keys[1]} is not the secret of {request.keys[0]}"
        return super().refusal(request, replace(refused, text=text) if refused.status == 401 else refused)


class SecretExpected(Air):
    """a 401 for a wrong secret quotes the right one"""

    def refusal(self, request: Request, refused: Refused) -> Answer:
        right = next((secret for access, secret in USERS if access == request.keys[0]), "")
        text = f"Unauthorized: expected {right}, got another" if right else refused.text
        return super().refusal(request, replace(refused, text=text) if refused.status == 401 else refused)


class SecretInHeader(Air):
    """answers have the secret in a header for debugging"""

    def success(self, request: Request, body: Any) -> Answer:
        answer = super().success(request, body)
        return replace(answer, headers={**answer.headers, "X-Debug-Auth": ":".join(request.keys)})


class SecretInJob(Air):
    """details of a job have the secret that it was submitted with"""

    def submit(self, request: Request, user: User) -> dict:
        answer = super().submit(request, user)
        self.jobs[answer["Job"]["Id"]].sent["Source"] |= {"SecretKey": request.keys[1]}
        return answer


class TraceInRefusal(Air):
    """a body that cannot be read is answered with the trace of the exception"""

    def read(self, request: Request) -> Any:
        try:
            return super().read(request)
        except Refused:
            raise bad(traceback.format_exc()) from None


FAULTS = (
    AccessKeyBegins,
    SecretBegins,
    SecretCompared8,
    SecretInAnyCase,
    AccessKeyInAnyCase,
    SecretIgnored,
    AccessKeyIgnored,
    SecretOfAnyone,
    EitherKey,
    EmptySecret,
    KeysExchanged,
    StatusForAll,
    MetadataForAll,
    SubmissionForAll,
    KnownConnection,
    KeysRemembered,
    AbsentBeforeKeys,
    BodyBeforeKeys,
    QueryBeforeKeys,
    WrongSecretForbidden,
    WrongKeysSeeNothing,
    SecretInRefusal,
    SecretExpected,
    SecretInHeader,
    SecretInJob,
    TraceInRefusal,
)
