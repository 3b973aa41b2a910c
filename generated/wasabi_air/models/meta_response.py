from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_destination import JobDestination


T = TypeVar("T", bound="MetaResponse")


@_attrs_define
class MetaResponse:
    id: str
    user_id: str | Unset = UNSET
    """ User who submitted the job (e.g., an ARN) """
    destination: JobDestination | Unset = UNSET
    destination_path: str | Unset = UNSET
    """ Metadata file """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        user_id = self.user_id

        destination: dict[str, Any] | Unset = UNSET
        if not isinstance(self.destination, Unset):
            destination = self.destination.to_dict()

        destination_path = self.destination_path

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "Id": id,
            }
        )
        if user_id is not UNSET:
            field_dict["UserId"] = user_id
        if destination is not UNSET:
            field_dict["Destination"] = destination
        if destination_path is not UNSET:
            field_dict["DestinationPath"] = destination_path

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_destination import JobDestination

        d = dict(src_dict)
        id = d.pop("Id")

        user_id = d.pop("UserId", UNSET)

        _destination = d.pop("Destination", UNSET)
        destination: JobDestination | Unset
        if isinstance(_destination, Unset):
            destination = UNSET
        else:
            destination = JobDestination.from_dict(_destination)

        destination_path = d.pop("DestinationPath", UNSET)

        meta_response = cls(
            id=id,
            user_id=user_id,
            destination=destination,
            destination_path=destination_path,
        )

        meta_response.additional_properties = d
        return meta_response

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
