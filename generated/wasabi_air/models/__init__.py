"""Contains all the data models used in inputs/outputs"""

from .destination import Destination
from .error_response import ErrorResponse
from .job import Job
from .job_destination import JobDestination
from .job_errors import JobErrors
from .job_list import JobList
from .job_page import JobPage
from .job_services import JobServices
from .job_source import JobSource
from .job_state import JobState
from .job_status import JobStatus
from .job_submission_request import JobSubmissionRequest
from .job_submission_request_services import JobSubmissionRequestServices
from .job_submission_response import JobSubmissionResponse
from .meta_response import MetaResponse
from .pagination import Pagination
from .sort_field import SortField
from .sort_order import SortOrder
from .source import Source

__all__ = (
    "Destination",
    "ErrorResponse",
    "Job",
    "JobDestination",
    "JobErrors",
    "JobList",
    "JobPage",
    "JobServices",
    "JobSource",
    "JobState",
    "JobStatus",
    "JobSubmissionRequest",
    "JobSubmissionRequestServices",
    "JobSubmissionResponse",
    "MetaResponse",
    "Pagination",
    "SortField",
    "SortOrder",
    "Source",
)
