"""A mock that runs: a service, what it holds, its clock, and the storage behind it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field, replace

from .clock import Clock
from .members import member
from .messages import Request, Response, encoded
from .resource import Resource
from .respond import broken, moved, respond, unreadable
from .service import Service
from .settings import Settings, steered
from .storage import Keys, Storage, StorageError
from .store import Store

_LOCATION = re.compile(r"s3://([^/]+)/(.+)", re.DOTALL)


@dataclass
class Mock:
    """The state of one mock. It belongs to one event loop."""

    service: Service
    store: Store
    clock: Clock = field(default_factory=Clock)
    storage: Storage | None = None
    start: Settings | None = None
    """What steers it from the start, and again after `reset`; None for the service and the store as they are."""
    served: int = 0
    """Requests that came."""
    plain: Service = field(init=False)
    """The service without settings."""
    settings: Settings = field(init=False)
    """What steers it now."""
    _settling: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.plain, self.settings = self.service, self.start or Settings()
        if self.start:
            self.steer(self.start)

    def steer(self, settings: Settings) -> None:
        """Go on by settings."""
        self._advance()
        self.settings, self.service = settings, steered(self.plain, settings)
        self.store.step, self.clock.factor = settings.step, settings.clock

    async def answer(self, request: Request) -> Response:
        """Answer a request; what it changed is held, and journalled, before this returns."""
        if self.storage:
            return await self._beside_storage(request, self.storage)
        response, changed = respond(self.service, self.store, self._advance(), request)
        self._hold(changed)
        return response

    async def moved(self, identity: str, state: str) -> Resource | None:
        """Put the resource of an identity, whoever's it is, into a state; None if there is none.

        It ends in another state where what the state asks for in storage cannot be done.
        """
        self._advance()
        resource = self.store.find(None, identity)
        if resource is None:
            return None
        changed = await self._settled(moved(self.service, resource, state, self.clock.now()))
        self._hold(changed)
        return changed

    async def tell(self, seconds: float) -> float:
        """Let so many seconds pass, and give the time."""
        now = self.clock.advance(seconds)
        self.store.keep_time(now)
        await self.settle()
        return now

    def reset(self) -> None:
        """Forget all resources, and go back to the settings of the start."""
        self.store.clear()
        self.service.cache.clear()
        self.served = 0
        if self.start:
            self.steer(self.start)

    async def settle(self) -> None:
        """Write in storage what is due, and let the resources that ask for it move on."""
        async with self._settling:
            self._advance()
            await asyncio.gather(*map(self._settle, self.store.due()))
            self.store.commit()

    async def _settle(self, due: Resource) -> None:
        before = self.store.find(due.account, due.identity)
        settled = await self._settled(due)
        if self.store.find(due.account, due.identity) is before:
            self.store.put(settled)

    def _advance(self) -> float:
        now = self.clock.now()
        self.store.advance(now)
        return now

    def _hold(self, changed: Resource | None) -> None:
        if changed is not None:
            self.store.put(changed)
        self.store.commit(self.clock.now())

    # --- Storage ---------------------------------------------------------------------------------

    async def _beside_storage(self, request: Request, storage: Storage) -> Response:
        response, changed = respond(self.service, self.store, self._advance(), request)
        if changed is not None and self._names_another_source(changed):
            try:
                if not await self._readable(storage, changed):
                    return unreadable(self.service, request)
            except StorageError:
                return broken(self.service, request)
            # What is held may have changed in the meantime.
            response, changed = respond(self.service, self.store, self._advance(), request)
        self._hold(changed)
        return response

    def _names_another_source(self, changed: Resource) -> bool:
        reads = self.service.behaviour.storage and self.service.behaviour.storage.reads
        if not reads:
            return False
        held = self.store.find(changed.account, changed.identity)
        return held is None or any(
            self._text(held, place) != self._text(changed, place) for place in (reads.bucket, reads.key)
        )

    async def _readable(self, storage: Storage, resource: Resource) -> bool:
        reads = self.service.behaviour.storage and self.service.behaviour.storage.reads
        if not reads:
            return True
        bucket, key, region = (self._text(resource, place) for place in (reads.bucket, reads.key, reads.region))
        return await storage.readable(bucket, key, self._keys(resource), region)

    async def _settled(self, resource: Resource) -> Resource:
        """A resource, once what its state asks for is done; where that fails, in the state for it."""
        writes = self.service.behaviour.storage and self.service.behaviour.storage.writes
        if not writes or not self.storage or resource.state not in writes.states:
            return replace(resource, settled=True)
        location = _LOCATION.fullmatch(self._text(resource, writes.location))
        if location is not None:
            document = encoded(self.service.members.whole(resource))
            region = self._text(resource, writes.region)
            try:
                if await self.storage.write(location[1], location[2], document, self._keys(resource), region):
                    return replace(resource, settled=True)
            except StorageError:
                pass
        return replace(moved(self.service, resource, writes.otherwise, self.clock.now()), settled=True)

    def _text(self, resource: Resource, place: str) -> str:
        value = member(self.service.members.whole(resource), place) if place else None
        return value if isinstance(value, str) else ""

    def _keys(self, resource: Resource) -> Keys:
        """The keys of whoever created a resource."""
        rule, keys = self.service.behaviour.storage, self.service.keys
        holder = next((each for each in keys.holders if each.user == resource.user), None)
        values = dict(zip(keys.schemes, holder.values if holder else (), strict=False))
        return Keys(values.get(rule.access, ""), values.get(rule.secret, "")) if rule else Keys("", "")
