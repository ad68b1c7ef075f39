"""A partner's program: OAuth 2.0 client credentials, then plain HTTP."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.live import LiveSite


@dataclass
class Partner:
    """One registered application at one firm; `token` is asked for once."""

    site: LiveSite
    firm: str
    client_id: str
    client_secret: str
    token: str = ""

    def connect(self, *scopes: str) -> None:
        """Get an access token for the scopes."""
        pair = base64.b64encode(f"{self.client_id}:{self.client_secret}".encode()).decode()
        body = urlencode({"grant_type": "client_credentials", "scope": " ".join(scopes)})
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/x-www-form-urlencoded"}
        status, _type, answer = self._ask("POST", "/api/oauth/token", body, headers)
        assert status == 200, answer
        self.token = answer["access_token"]

    def get(self, path: str) -> Any:
        """Read a resource."""
        status, _type, answer = self._ask("GET", path, "", self._bearer())
        assert status == 200, answer
        return answer

    def post(self, path: str, content: Any) -> tuple[int, str, Any]:
        """Send JSON; return status, media type and answer."""
        headers = {**self._bearer(), "Content-Type": "application/json"}
        return self._ask("POST", path, json.dumps(content), headers)

    def _bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=60)
        try:
            host = f"{self.firm}.localhost:{self.site.port}"
            connection.request(method, path, body or None, {**headers, "Host": host, "Accept": "application/json"})
            answer = connection.getresponse()
            return answer.status, answer.headers.get_content_type(), json.loads(answer.read())
        finally:
            connection.close()
