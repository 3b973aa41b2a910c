from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Source")


@_attrs_define
class Source:
    bucket: str
    """ Source bucket name """
    object_key: str
    """ Object key or path to the file """
    endpoint: str | Unset = UNSET
    """ S3 endpoint URL """
    region: str | Unset = UNSET
    """ S3 region """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        bucket = self.bucket

        object_key = self.object_key

        endpoint = self.endpoint

        region = self.region

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "Bucket": bucket,
                "ObjectKey": object_key,
            }
        )
        if endpoint is not UNSET:
            field_dict["Endpoint"] = endpoint
        if region is not UNSET:
            field_dict["Region"] = region

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        bucket = d.pop("Bucket")

        object_key = d.pop("ObjectKey")

        endpoint = d.pop("Endpoint", UNSET)

        region = d.pop("Region", UNSET)

        source = cls(
            bucket=bucket,
            object_key=object_key,
            endpoint=endpoint,
            region=region,
        )

        source.additional_properties = d
        return source

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
