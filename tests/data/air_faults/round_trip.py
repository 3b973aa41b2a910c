"""Faults of round trips: what is held is not what was sent."""

from __future__ import annotations

import html
import unicodedata
from typing import Any
from urllib.parse import unquote

from ..air_server import (
    Air,
    Job,
)


class Keeping(Air):
    """Holds a text of a submission otherwise than it was sent."""

    members: tuple[str, ...] = ("Name",)

    def kept(self, sent: dict) -> dict:
        return sent | {member: self.changed(sent[member]) for member in self.members if member in sent}

    def changed(self, value: Any) -> Any:
        raise NotImplementedError


class NameCutAt255(Keeping):
    """names are cut after 255 characters"""

    def changed(self, value: str) -> str:
        return value[:255]


class NameTrimmed(Keeping):
    """blanks around a name are lost"""

    def changed(self, value: str) -> str:
        return value.strip()


class NameInLatin1(Keeping):
    """characters beyond Latin-1 become question marks"""

    members = ("Name", "Batch")

    def changed(self, value: str) -> str:
        return value.encode("latin-1", "replace").decode("latin-1")


class NameComposed(Keeping):
    """combining characters are composed"""

    def changed(self, value: str) -> str:
        return unicodedata.normalize("NFC", value)


class NameEscaped(Keeping):
    """names are escaped for HTML"""

    def changed(self, value: str) -> str:
        return html.escape(value)


class NameUnescaped(Keeping):
    """names are percent-decoded once more"""

    def changed(self, value: str) -> str:
        return unquote(value)


class BatchInLowerCase(Keeping):
    """batches are held in lower case"""

    members = ("Batch",)

    def changed(self, value: str) -> str:
        return value.lower()


class PriorityLost(Air):
    """every job has the default Priority"""

    def kept(self, sent: dict) -> dict:
        return {name: value for name, value in sent.items() if name != "Priority"}


class PriorityHalved(Air):
    """a Priority above 5 is held as 5"""

    def kept(self, sent: dict) -> dict:
        return sent | {"Priority": min(int(sent.get("Priority", 5)), 5)}


class ServicesEmptied(Keeping):
    """configurations of services are lost: each is an empty text"""

    members = ("Services",)

    def changed(self, value: dict) -> dict:
        return dict.fromkeys(value, "")


class EndpointLost(Keeping):
    """Source has no Endpoint and no Region later on"""

    members = ("Source",)

    def changed(self, value: dict) -> dict:
        return {name: each for name, each in value.items() if name not in ("Endpoint", "Region")}


class BucketOfSource(Air):
    """Destination has the bucket of Source"""

    def kept(self, sent: dict) -> dict:
        return sent | {"Destination": sent["Destination"] | {"Bucket": sent["Source"]["Bucket"]}}


class BatchForName(Air):
    """a job with a batch is called like its batch"""

    def kept(self, sent: dict) -> dict:
        return sent | {"Name": sent.get("Batch") or sent["Name"]}


class AnswerOnly(Air):
    """the answer to a submission repeats what was sent, but what is held has lost its batch"""

    def submitted(self, job: Job) -> dict:
        answer = super().submitted(job)
        job.sent = {name: value for name, value in job.sent.items() if name != "Batch"}
        return answer


FAULTS = (
    NameCutAt255,
    NameTrimmed,
    NameInLatin1,
    NameComposed,
    NameEscaped,
    NameUnescaped,
    BatchInLowerCase,
    PriorityLost,
    PriorityHalved,
    ServicesEmptied,
    EndpointLost,
    BucketOfSource,
    BatchForName,
    AnswerOnly,
)
