"""Access tokens as signed JWTs (RFC 9068), with a key of the firm's own."""

from __future__ import annotations

import json
import time
import uuid
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from jwcrypto import jwk, jwt
from oauth2_provider.settings import oauth2_settings

from apps.core.tenancy.names import require_firm

_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # P-256, FIPS 186-4 D.1.2.3


@lru_cache(maxsize=512)
def _key(schema: str, secret: str) -> jwk.JWK:
    """Derive the firm's signing key from the installation's secret: nothing to store, nothing shared between firms."""
    seed = HKDF(algorithm=SHA256(), length=48, salt=b"steward.access-tokens", info=schema.encode()).derive(
        secret.encode()
    )
    private = ec.derive_private_key(int.from_bytes(seed, "big") % (_CURVE_ORDER - 1) + 1, ec.SECP256R1())
    key = jwk.JWK.from_pem(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    key.update(kid=key.thumbprint(), use="sig", alg="ES256")
    return key


def signing_key() -> jwk.JWK:
    """Return the current firm's key."""
    return _key(require_firm(), settings.SECRET_KEY)


def public_keys() -> dict[str, Any]:
    """Return the current firm's JWKS."""
    return {"keys": [json.loads(signing_key().export_public())]}


def issuer() -> str:
    """Return who issues: the firm, by its schema under the installation's address."""
    return f"{settings.PUBLIC_URL}/firms/{require_firm()}"


def access_token(request: Any, refresh_token: bool = False) -> str:  # noqa: FBT001, FBT002 - oauthlib's signature
    """Return a JWT access token for the client that asks (oauthlib calls this)."""
    if refresh_token:
        return uuid.uuid4().hex + uuid.uuid4().hex
    now = int(time.time())
    claims = {
        "iss": issuer(),
        "aud": f"{issuer()}/api",
        "sub": request.client.client_id,
        "client_id": request.client.client_id,
        "scope": " ".join(request.scopes or []),
        "iat": now,
        "exp": now + oauth2_settings.ACCESS_TOKEN_EXPIRE_SECONDS,
        "jti": uuid.uuid4().hex,
    }
    key = signing_key()
    token = jwt.JWT(header={"alg": "ES256", "typ": "at+jwt", "kid": key["kid"]}, claims=claims)
    token.make_signed_token(key)
    return str(token.serialize())
