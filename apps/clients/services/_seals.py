"""The firm's electronic seal: its key pair, and sealing a PDF by PAdES."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from apps.kernel.errors import InvalidInputError, gettext_noop

_FIELD = "StewardSeal"
_VALID_DAYS = 10 * 365


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its private key, both PEM."""

    certificate: str
    private_key: str
    fingerprint: str
    valid_until: dt.datetime


def new_key_pair(firm_name: str, now: dt.datetime) -> KeyPair:
    """Create an EC P-256 key with a certificate that it signs itself, in the firm's name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, firm_name[:64]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, firm_name[:64]),
        ]
    )
    until = now + dt.timedelta(days=_VALID_DAYS)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return KeyPair(
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        private_key=private.decode(),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        valid_until=until,
    )


def sealed_pdf(pdf: bytes, *, certificate: str, private_key: str, reason: str, name: str) -> bytes:
    """Return the PDF with the firm's seal (PAdES baseline B-B) added behind its own bytes.

    Raises InvalidInputError when the bytes are no PDF that can be sealed.
    """
    # imported when asked for: it takes 1 s
    from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    signer = signers.SimpleSigner(
        signing_cert=next(load_certs_from_pemder_data(certificate.encode())),
        signing_key=load_private_key_from_pemder_data(private_key.encode(), passphrase=None),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]  # the library leaves it untyped
    )
    meta = signers.PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm="sha256", reason=reason, name=name, subfilter=SigSeedSubFilter.PADES
    )
    try:
        out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), meta, signer=signer)
    except PdfError as broken:
        raise InvalidInputError(
            gettext_noop("This PDF cannot be sealed: %(reason)s."),
            mend=gettext_noop("Print it to a new PDF and file that one."),
            reason=str(broken).rstrip("."),
        ) from broken
    return bytes(out.getvalue())
