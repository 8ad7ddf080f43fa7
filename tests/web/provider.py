"""An identity provider of our own for the tests: OpenID Connect as far as the board goes along with it."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """`with Provider() as provider:`; it signs everybody in as `claims`, and `wrong` says what it gets wrong."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {
            "email": "olle@exempel.test",
            "email_verified": True,
            "name": "Olle",
            "groups": ["personal"],
        }
        self.wrong = ""
        self._codes: dict[str, dict[str, str]] = {}
        self._key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self._other = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                provider.post(self)

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def agree(self, address: str) -> str:
        """Somebody signs in at the address the board sent them to; returns where they are sent back."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_hex(8)
        self._codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def get(self, request: BaseHTTPRequestHandler) -> None:
        """What it is, and its keys."""
        known = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        _answer(request, {"keys": [self._key.as_dict(private=False)]} if request.path == "/keys" else known)

    def post(self, request: BaseHTTPRequestHandler) -> None:
        """A token for a code, once, and only for who holds the verifier."""
        words = {
            k: v[0] for k, v in parse_qs(request.rfile.read(int(request.headers["content-length"])).decode()).items()
        }
        asked = self._codes.pop(words["code"])
        digest = base64.urlsafe_b64encode(hashlib.sha256(words["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert digest == asked["code_challenge"]
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": "1",
            "iat": now,
            "exp": now + 60,
            "nonce": asked["nonce"],
        }
        claims |= self.claims | {
            "nonce": {"nonce": "x"},
            "issuer": {"iss": "http://evil.test"},
            "audience": {"aud": "another"},
        }.get(self.wrong, {})
        key = self._other if self.wrong == "signature" else self._key
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, key)
        _answer(request, {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": token})


def _answer(request: BaseHTTPRequestHandler, value: dict[str, Any]) -> None:
    body = json.dumps(value).encode()
    request.send_response(200)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
