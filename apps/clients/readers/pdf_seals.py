"""The seal of a PDF, read back and checked against its bytes."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SealReading:
    """What the seal of a PDF says. `covers_all` is false when something was added after sealing."""

    is_intact: bool
    covers_all: bool
    fingerprint: str
    sealed_at: dt.datetime | None


def read_seal(pdf: bytes) -> SealReading | None:
    """Check the seal of a PDF against its bytes; None when it has none, or is no PDF any more."""
    # imported when asked for: it takes 1 s
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.settings import KeyUsageConstraints
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    try:
        seals = PdfFileReader(io.BytesIO(pdf), strict=False).embedded_signatures
        if not seals:
            return None
        seal = seals[-1]
        signer = seal.signer_cert
        trust = ValidationContext(trust_roots=[signer], allow_fetching=False)
        status = validate_pdf_signature(
            seal, trust, key_usage_settings=KeyUsageConstraints(key_usage={"digital_signature"}), skip_diff=True
        )
    except (PdfError, ValueError):
        return None
    return SealReading(
        is_intact=bool(status.intact and status.valid),
        covers_all=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
        fingerprint=signer.sha256.hex(),
        sealed_at=status.signer_reported_dt,
    )
