"""Any bank statement that can be read, told by its content: the name that somebody gave the file says nothing."""

from __future__ import annotations

import re

from apps.core.tabular.decoding import checked_size
from apps.core.tabular.problems import FileRefusedError
from apps.kernel.errors import gettext_noop
from apps.money.readers.bank_statement import read_bank_statements
from apps.money.readers.camt053 import read_camt
from apps.money.readers.mt940 import read_mt940
from apps.money.readers.mt940_fields import is_mt940, mt940_text
from apps.money.readers.rows import StatementFile

_OFX = re.compile(rb"<OFX\s*>|OFXHEADER", re.IGNORECASE)
_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|(?:\w+:)?Document)\b")


def read_statement_file(data: bytes) -> StatementFile:
    """Read OFX, QFX, MT940, MT942 or camt.

    Raises FileRefusedError when the file is none of them, or cannot be read as what it is; a file that is too large is
    refused before anything of it is read.
    """
    checked_size(data)
    plain = data.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _OFX.search(plain):
        return read_bank_statements(data)
    if _XML.match(plain):
        return read_camt(data)
    if is_mt940(mt940_text(data)):
        return read_mt940(data)
    raise FileRefusedError(
        gettext_noop("This is no bank statement that can be read: neither OFX, QFX, MT940 nor camt.053."),
        mend=gettext_noop("Choose one of these where the bank offers formats for download."),
        line=1,
    )
