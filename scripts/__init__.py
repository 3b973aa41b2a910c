"""Plumbline: from a published API document to a client, a mock server and a verdict."""

__version__ = "0.1.0"
