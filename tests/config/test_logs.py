import logging
import uuid

import pytest
import structlog

from apps.accounts.services._keys import new_key
from config.logs import without_keys


@pytest.fixture
def lines():
    """What the log says meanwhile, as it is written."""
    root, said = logging.getLogger(), []
    ours = next(h for h in root.handlers if isinstance(h.formatter, structlog.stdlib.ProcessorFormatter))

    class Kept(logging.Handler):
        def emit(self, record):
            said.append(self.format(record))

    kept = Kept()
    kept.setFormatter(ours.formatter)
    root.addHandler(kept)
    yield said
    root.removeHandler(kept)


def test_no_line_tells_the_key_of_a_link(in_alpha, sign_in, lines):
    key = new_key()
    browser = sign_in()
    for path in (f"/invitations/{key}/", f"/account/changes/{key}/", f"/accounts/password/reset/key/1-{key}/"):
        browser.get(path)
    logging.getLogger("uvicorn.error").warning('%s - "WebSocket %s" [accepted]', "::1", f"/ws/registration/{key}/")
    structlog.get_logger("apps.core.realtime").warning("realtime.not_sent", topic=f"registration:{key}")
    assert any("/invitations/" in line for line in lines)
    assert [line for line in lines if key in line] == []


def test_ids_and_files_stay_in_the_line():
    path = f"/households/{uuid.uuid4()}/plan/"
    said = without_keys(None, "info", {"event": "request", "path": path, "file": "/static/app.3f2a9c.js", "n": 3})
    assert said == {"event": "request", "path": path, "file": "/static/app.3f2a9c.js", "n": 3}
