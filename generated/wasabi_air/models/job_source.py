from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="JobSource")


@_attrs_define
class JobSource:
    endpoint: str | Unset = UNSET
    """ S3 endpoint URL """
    bucket: str | Unset = UNSET
    """ Source bucket name """
    region: str | Unset = UNSET
    """ S3 region """
    object_key: str | Unset = UNSET
    """ Object key or path to the file """
    provider: str | Unset = UNSET
    """ Storage provider, e.g., wasabi, OBS, IBM """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        endpoint = self.endpoint

        bucket = self.bucket

        region = self.region

        object_key = self.object_key

        provider = self.provider

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if endpoint is not UNSET:
            field_dict["Endpoint"] = endpoint
        if bucket is not UNSET:
            field_dict["Bucket"] = bucket
        if region is not UNSET:
            field_dict["Region"] = region
        if object_key is not UNSET:
            field_dict["ObjectKey"] = object_key
        if provider is not UNSET:
            field_dict["Provider"] = provider

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        endpoint = d.pop("Endpoint", UNSET)

        bucket = d.pop("Bucket", UNSET)

        region = d.pop("Region", UNSET)

        object_key = d.pop("ObjectKey", UNSET)

        provider = d.pop("Provider", UNSET)

        job_source = cls(
            endpoint=endpoint,
            bucket=bucket,
            region=region,
            object_key=object_key,
            provider=provider,
        )

        job_source.additional_properties = d
        return job_source

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
