from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.destination import Destination
    from ..models.job_submission_request_services import JobSubmissionRequestServices
    from ..models.source import Source


T = TypeVar("T", bound="JobSubmissionRequest")


@_attrs_define
class JobSubmissionRequest:
    name: str
    """ Name of the job """
    services: JobSubmissionRequestServices
    """ Required. Select which services to execute and optionally provide per‑service configuration. Fewer than 1
    service will be rejected.
    - Provide a JSON object where each key is a service identifier (e.g., "ocr", "s2t", "nld", "audiotag", "face",
    "logo").
    - Include a key to enable that service.
    - For each service value:
      - use {} to accept defaults, or
      - provide an object with "config" to override service‑specific parameters (e.g., confidence thresholds).
     """
    destination: Destination
    source: Source
    priority: int | Unset = UNSET
    """ Job priority (1-10) """
    batch: str | Unset = UNSET
    """ Optional batch identifier for grouping jobs """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        services = self.services.to_dict()

        destination = self.destination.to_dict()

        source = self.source.to_dict()

        priority = self.priority

        batch = self.batch

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "Name": name,
                "Services": services,
                "Destination": destination,
                "Source": source,
            }
        )
        if priority is not UNSET:
            field_dict["Priority"] = priority
        if batch is not UNSET:
            field_dict["Batch"] = batch

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.destination import Destination
        from ..models.job_submission_request_services import JobSubmissionRequestServices
        from ..models.source import Source

        d = dict(src_dict)
        name = d.pop("Name")

        services = JobSubmissionRequestServices.from_dict(d.pop("Services"))

        destination = Destination.from_dict(d.pop("Destination"))

        source = Source.from_dict(d.pop("Source"))

        priority = d.pop("Priority", UNSET)

        batch = d.pop("Batch", UNSET)

        job_submission_request = cls(
            name=name,
            services=services,
            destination=destination,
            source=source,
            priority=priority,
            batch=batch,
        )

        job_submission_request.additional_properties = d
        return job_submission_request

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
