"""A server that keeps an API's promises: its document and its behaviour, interpreted.

`respond` decides, as a pure function of the store, the time and a request; `store` holds the
resources; `requests` checks what came in by the document; `faults` are deviations put in on purpose;
`server` is the process around them.
"""
