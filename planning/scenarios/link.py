"""A small scenario as a text that fits into a web address, and back."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING

from planning.errors import UploadError
from planning.scenarios.document import canonical, document_of
from planning.scenarios.reading import read_snapshot

if TYPE_CHECKING:
    from planning.scenarios.snapshot import Snapshot

LONGEST = 8_000
"""Characters of a text that browsers, proxies and mail programs pass on as a whole."""
_LARGEST = 256 * 1024


def link_text(snapshot: Snapshot) -> str:
    """Return a scenario as text for a web address: canonical JSON, compressed (RFC 1950), base64url.

    Raises
    ------
    UploadError
        ``link_too_long``: the scenario has too many own rows for a link.
    """
    content = canonical(document_of(snapshot)).encode()
    text = base64.urlsafe_b64encode(zlib.compress(content, 9)).rstrip(b"=").decode()
    if len(text) > LONGEST or len(content) > _LARGEST:
        raise UploadError("link_too_long", length=len(text), limit=LONGEST)
    return text


def read_link(text: str) -> Snapshot:
    """Return the scenario of a text that :func:`link_text` made.

    Raises
    ------
    UploadError
        ``link_too_long``, ``link_unreadable``, or as :func:`planning.scenarios.reading.read_snapshot`.
    """
    if len(text) > LONGEST:
        raise UploadError("link_too_long", length=len(text), limit=LONGEST)
    unpack = zlib.decompressobj()
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        content = unpack.decompress(packed, _LARGEST)
    except (ValueError, binascii.Error, zlib.error) as error:
        raise UploadError("link_unreadable") from error
    if not unpack.eof or unpack.unused_data:
        raise UploadError("link_unreadable")
    return read_snapshot(content)
