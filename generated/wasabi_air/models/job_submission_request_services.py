from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="JobSubmissionRequestServices")


@_attrs_define
class JobSubmissionRequestServices:
    """Required. Select which services to execute and optionally provide per‑service configuration. Fewer than 1 service
    will be rejected.
    - Provide a JSON object where each key is a service identifier (e.g., "ocr", "s2t", "nld", "audiotag", "face",
    "logo").
    - Include a key to enable that service.
    - For each service value:
      - use {} to accept defaults, or
      - provide an object with "config" to override service‑specific parameters (e.g., confidence thresholds).

    """

    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        job_submission_request_services = cls()

        job_submission_request_services.additional_properties = d
        return job_submission_request_services

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
