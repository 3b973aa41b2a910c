"""A server that keeps an API's promises: its document and its behaviour, interpreted.

```
server ─► running ─► respond (pure) ─► service: routes, shapes, members, keys, refusals, limits
 control     │           └─► store (read only): resource, indexes
 settings    └─► store, journal, clock, storage
 faults: other services
```

`respond` decides, as a pure function of a service, a store, the time and a request; `running` holds
what changes; `server` is the process around it, `control` the way to steer it, and `settings` the words
for that. A fault makes a service that deviates of one that does not, so that nothing else knows of any.
"""
