"""Errors that operations raise."""


class UnexpectedStatus(Exception):
    """The server answered with a status that is not documented.

    The answer's body is `content`. It is in no text of the error: a server may repeat a key in it.
    """

    def __init__(self, status_code: int, content: bytes) -> None:
        self.status_code = status_code
        self.content = content
        super().__init__(f"Unexpected status code: {status_code}")


__all__ = ["UnexpectedStatus"]
