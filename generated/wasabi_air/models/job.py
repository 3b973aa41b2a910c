from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_state import JobState
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_destination import JobDestination
    from ..models.job_services import JobServices
    from ..models.job_source import JobSource


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    id: str
    """ Unique ID for the job """
    name: str
    """ Name of the job """
    created: datetime.datetime
    """ Timestamp when the job was created """
    status: JobState
    source: JobSource | Unset = UNSET
    services: JobServices | Unset = UNSET
    """ Services and their configurations """
    user_id: str | Unset = UNSET
    """ User who submitted the job (e.g., an ARN) """
    completed: datetime.datetime | None | Unset = UNSET
    """ Timestamp when the job was completed """
    priority: int | Unset = UNSET
    """ Job priority (1-10). """
    batch: str | Unset = UNSET
    """ Optional batch identifier for grouping jobs """
    destination: JobDestination | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        created = self.created.isoformat()

        status = self.status.value

        source: dict[str, Any] | Unset = UNSET
        if not isinstance(self.source, Unset):
            source = self.source.to_dict()

        services: dict[str, Any] | Unset = UNSET
        if not isinstance(self.services, Unset):
            services = self.services.to_dict()

        user_id = self.user_id

        completed: None | str | Unset
        if isinstance(self.completed, Unset):
            completed = UNSET
        elif isinstance(self.completed, datetime.datetime):
            completed = self.completed.isoformat()
        else:
            completed = self.completed

        priority = self.priority

        batch = self.batch

        destination: dict[str, Any] | Unset = UNSET
        if not isinstance(self.destination, Unset):
            destination = self.destination.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "Id": id,
                "Name": name,
                "Created": created,
                "Status": status,
            }
        )
        if source is not UNSET:
            field_dict["Source"] = source
        if services is not UNSET:
            field_dict["Services"] = services
        if user_id is not UNSET:
            field_dict["UserId"] = user_id
        if completed is not UNSET:
            field_dict["Completed"] = completed
        if priority is not UNSET:
            field_dict["Priority"] = priority
        if batch is not UNSET:
            field_dict["Batch"] = batch
        if destination is not UNSET:
            field_dict["Destination"] = destination

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_destination import JobDestination
        from ..models.job_services import JobServices
        from ..models.job_source import JobSource

        d = dict(src_dict)
        id = d.pop("Id")

        name = d.pop("Name")

        created = datetime.datetime.fromisoformat(d.pop("Created"))

        status = JobState(d.pop("Status"))

        _source = d.pop("Source", UNSET)
        source: JobSource | Unset
        if isinstance(_source, Unset):
            source = UNSET
        else:
            source = JobSource.from_dict(_source)

        _services = d.pop("Services", UNSET)
        services: JobServices | Unset
        if isinstance(_services, Unset):
            services = UNSET
        else:
            services = JobServices.from_dict(_services)

        user_id = d.pop("UserId", UNSET)

        def _parse_completed(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_type_0 = datetime.datetime.fromisoformat(data)

                return completed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        completed = _parse_completed(d.pop("Completed", UNSET))

        priority = d.pop("Priority", UNSET)

        batch = d.pop("Batch", UNSET)

        _destination = d.pop("Destination", UNSET)
        destination: JobDestination | Unset
        if isinstance(_destination, Unset):
            destination = UNSET
        else:
            destination = JobDestination.from_dict(_destination)

        job = cls(
            id=id,
            name=name,
            created=created,
            status=status,
            source=source,
            services=services,
            user_id=user_id,
            completed=completed,
            priority=priority,
            batch=batch,
            destination=destination,
        )

        job.additional_properties = d
        return job

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
