"""Find the document and the overlays among files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..document import Document, read
from ..errors import DocumentError, OverlayError, PlumblineError, Problem
from .actions import actions, read_actions


def gather(files: Sequence[Path]) -> tuple[Document, list[Document], tuple[Problem, ...]]:
    """The document and the overlays in `files`, with warnings: of their flaws, and of overlays for other documents.

    The document comes first. A single file is an overlay that names its document by `extends`: a
    file in the overlay's folder or below. Raises `PlumblineError` with the problems of all files.
    """
    found: list[Document] = []
    problems: list[Problem] = []
    for index, path in enumerate(files):
        try:
            found.append(read(path))
        except DocumentError as error:
            problems += error.problems
            continue
        if problems and index > 0:
            problems += read_actions(found[-1])[1]
    if problems:
        raise PlumblineError(problems)
    if len(files) == 1:
        found.insert(0, read(_extended(found[0])))
    document, *overlays = found
    strangers = (each for each in overlays if _aim(each) not in (None, _resolved(document)))
    flaws = [flaw for each in found for flaw in each.flaws]
    return document, overlays, (*flaws, *(_stranger(each, document) for each in strangers))


def _stranger(overlay: Document, document: Document) -> Problem:
    what = f"this overlay is for {overlay.data['extends']}, not for {document.file}"
    return overlay.problem("/extends", what, "It is applied all the same.")


def _resolved(document: Document) -> Path:
    return (document.path or Path(document.file)).resolve()


def _aim(overlay: Document) -> Path | None:
    """The file that an overlay extends; None if it names none, or names a URL."""
    extends = overlay.data.get("extends")
    if not isinstance(extends, str):
        return None
    try:
        reference = urlsplit(extends)
        if reference.scheme or reference.netloc:
            return None
        return (_resolved(overlay).parent / unquote(reference.path)).resolve()
    except (ValueError, OSError, RuntimeError):  # no URI, or no path: a NUL, a loop of links
        return None


def _extended(overlay: Document) -> Path:
    """The document of an overlay that stands alone, which is never fetched and never outside the overlay's folder."""
    if "overlay" not in overlay.data or "extends" not in overlay.data:
        what = "a document alone: there is no overlay to apply to it"
        hint = "Name its overlays after it. An overlay alone needs `extends`."
        raise OverlayError(overlay.problem("", what, hint))
    actions(overlay)
    hint = "Name the document before the overlay."
    path = _aim(overlay)
    if path is None:
        raise OverlayError(
            overlay.problem("/extends", "what this overlay extends is not a file; nothing is fetched", hint)
        )
    if not path.is_relative_to(_resolved(overlay).parent):
        raise OverlayError(overlay.problem("/extends", "what this overlay extends is outside its own folder", hint))
    return path
