"""HS256 tokens, right and wrong."""

import base64
import hashlib
import hmac
import json
import time

SECRET = "0f3a6c1d9b5e47280f3a6c1d9b5e47280f3a6c1d9b5e47280f3a6c1d9b5e4728"
ISSUER = "purlin-bench"
AUDIENCE = "purlin-bench"
ENVIRONMENT = {"JWT_SECRET": SECRET, "JWT_ISSUER": ISSUER, "JWT_AUDIENCE": AUDIENCE}


def token(user_id, secret=SECRET, algorithm="HS256", **claims):
    now = int(time.time())
    payload = {"sub": user_id, "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + 86_400, **claims}
    signed = _part({"alg": algorithm, "typ": "JWT"}) + b"." + _part(payload)
    if algorithm == "none":
        return (signed + b".").decode()
    return (signed + b"." + _base64(hmac.new(secret.encode(), signed, hashlib.sha256).digest())).decode()


def _part(value):
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")
