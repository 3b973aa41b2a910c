from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.job_page import JobPage
from ...models.job_state import JobState
from ...models.sort_field import SortField
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    page_number: int | Unset = UNSET,
    page_size: int | Unset = 100,
    batch: str | Unset = UNSET,
    status: JobState | Unset = UNSET,
    name: str | Unset = UNSET,
    sort_by: SortField | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["pageNumber"] = page_number

    params["pageSize"] = page_size

    params["batch"] = batch

    json_status: str | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = status.value

    params["status"] = json_status

    params["name"] = name

    json_sort_by: str | Unset = UNSET
    if not isinstance(sort_by, Unset):
        json_sort_by = sort_by.value

    params["sortBy"] = json_sort_by

    json_sort_order: str | Unset = UNSET
    if not isinstance(sort_order, Unset):
        json_sort_order = sort_order.value

    params["sortOrder"] = json_sort_order

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/jobs",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | JobPage | None:
    if response.status_code == 200:
        response_200 = JobPage.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorResponse.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorResponse.from_dict(response.json())

        return response_401

    if response.status_code == 500:
        response_500 = ErrorResponse.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorResponse | JobPage]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    page_number: int | Unset = UNSET,
    page_size: int | Unset = 100,
    batch: str | Unset = UNSET,
    status: JobState | Unset = UNSET,
    name: str | Unset = UNSET,
    sort_by: SortField | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> Response[ErrorResponse | JobPage]:
    """Get a list of jobs

     Retrieves a paginated list of jobs, optionally filtered by criteria such as batch, name, or status,
    and sorted by created or completed date.

    Args:
        page_number (int | Unset):
        page_size (int | Unset):  Default: 100.
        batch (str | Unset):
        status (JobState | Unset):
        name (str | Unset):
        sort_by (SortField | Unset):
        sort_order (SortOrder | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobPage]
    """

    kwargs = _get_kwargs(
        page_number=page_number,
        page_size=page_size,
        batch=batch,
        status=status,
        name=name,
        sort_by=sort_by,
        sort_order=sort_order,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    page_number: int | Unset = UNSET,
    page_size: int | Unset = 100,
    batch: str | Unset = UNSET,
    status: JobState | Unset = UNSET,
    name: str | Unset = UNSET,
    sort_by: SortField | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> ErrorResponse | JobPage | None:
    """Get a list of jobs

     Retrieves a paginated list of jobs, optionally filtered by criteria such as batch, name, or status,
    and sorted by created or completed date.

    Args:
        page_number (int | Unset):
        page_size (int | Unset):  Default: 100.
        batch (str | Unset):
        status (JobState | Unset):
        name (str | Unset):
        sort_by (SortField | Unset):
        sort_order (SortOrder | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobPage
    """

    return sync_detailed(
        client=client,
        page_number=page_number,
        page_size=page_size,
        batch=batch,
        status=status,
        name=name,
        sort_by=sort_by,
        sort_order=sort_order,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    page_number: int | Unset = UNSET,
    page_size: int | Unset = 100,
    batch: str | Unset = UNSET,
    status: JobState | Unset = UNSET,
    name: str | Unset = UNSET,
    sort_by: SortField | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> Response[ErrorResponse | JobPage]:
    """Get a list of jobs

     Retrieves a paginated list of jobs, optionally filtered by criteria such as batch, name, or status,
    and sorted by created or completed date.

    Args:
        page_number (int | Unset):
        page_size (int | Unset):  Default: 100.
        batch (str | Unset):
        status (JobState | Unset):
        name (str | Unset):
        sort_by (SortField | Unset):
        sort_order (SortOrder | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | JobPage]
    """

    kwargs = _get_kwargs(
        page_number=page_number,
        page_size=page_size,
        batch=batch,
        status=status,
        name=name,
        sort_by=sort_by,
        sort_order=sort_order,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    page_number: int | Unset = UNSET,
    page_size: int | Unset = 100,
    batch: str | Unset = UNSET,
    status: JobState | Unset = UNSET,
    name: str | Unset = UNSET,
    sort_by: SortField | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> ErrorResponse | JobPage | None:
    """Get a list of jobs

     Retrieves a paginated list of jobs, optionally filtered by criteria such as batch, name, or status,
    and sorted by created or completed date.

    Args:
        page_number (int | Unset):
        page_size (int | Unset):  Default: 100.
        batch (str | Unset):
        status (JobState | Unset):
        name (str | Unset):
        sort_by (SortField | Unset):
        sort_order (SortOrder | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | JobPage
    """

    return (
        await asyncio_detailed(
            client=client,
            page_number=page_number,
            page_size=page_size,
            batch=batch,
            status=status,
            name=name,
            sort_by=sort_by,
            sort_order=sort_order,
        )
    ).parsed
