from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_state import JobState
from ..types import UNSET, Unset

T = TypeVar("T", bound="JobErrors")


@_attrs_define
class JobErrors:
    id: str
    status: JobState
    error_count: int = 0
    """ Error count """
    error_code: str | Unset = UNSET
    """ Error code for troubleshooting """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        status = self.status.value

        error_count = self.error_count

        error_code = self.error_code

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "Id": id,
                "Status": status,
                "ErrorCount": error_count,
            }
        )
        if error_code is not UNSET:
            field_dict["ErrorCode"] = error_code

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("Id")

        status = JobState(d.pop("Status"))

        error_count = d.pop("ErrorCount")

        error_code = d.pop("ErrorCode", UNSET)

        job_errors = cls(
            id=id,
            status=status,
            error_count=error_count,
            error_code=error_code,
        )

        job_errors.additional_properties = d
        return job_errors

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
