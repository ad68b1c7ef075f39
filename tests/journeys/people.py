"""Who walks a journey: a person with a browser of their own, a second factor and a mailbox."""

from __future__ import annotations

import base64
import re
import time
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import TimeoutError as NotSeenError

from tests.live import LiveSite

PASSWORD = "a long password of many words"
_TOTP_PERIOD = 30
_FETCH = """async (path) => {
  const answer = await fetch(path);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return [answer.status, btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))];
}"""


def totp_code(secret: str) -> str:
    """Return what an authenticator app shows now; like people, wait for the next code when this one is about to end."""
    left = _TOTP_PERIOD - time.time() % _TOTP_PERIOD
    if left < 8:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // _TOTP_PERIOD))


@dataclass
class Person:
    """One person at one browser: forms are filled by the names of their fields, buttons pressed by what they say."""

    site: LiveSite
    browser: Any
    name: str
    email: str
    firm: str = ""
    secret: str = ""
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(accept_downloads=True, locale="en-US")
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.problems.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._watch)

    def _watch(self, response: Any) -> None:
        if response.status >= 500:
            self.problems.append(f"{response.status} {response.url}")

    def go(self, path: str) -> None:
        """Open a page of the firm's site; it must answer 200."""
        status = self.status(path)
        assert status == 200, f"{path}: {status}\n{self.text()}"

    def status(self, path: str) -> int:
        """Open a page of the firm's site and return how it answers."""
        answer = self.page.goto(self.site.url(self.firm, path))
        assert answer is not None
        return int(answer.status)

    def text(self) -> str:
        """Return what the page says."""
        return str(self.page.locator("body").inner_text())

    def fill(self, **values: Any) -> None:
        """Fill fields of the page's form; True and False tick, paths are files, the rest is typed or chosen."""
        for name, value in values.items():
            self._fill_one(name, value)

    def _fill_one(self, name: str, value: Any) -> None:
        control = self.page.locator(f'main [name="{name}"]')
        self._there(control.first, f"field {name}")
        kind = control.first.evaluate("e => e.tagName === 'INPUT' ? e.type : e.tagName.toLowerCase()")
        if kind == "radio":
            self.page.locator(f'main [name="{name}"][value="{value}"]').check()
        elif kind == "checkbox" and isinstance(value, list):
            for one in value:
                self.page.locator(f'main [name="{name}"][value="{one}"]').check()
        elif kind == "checkbox":
            control.first.set_checked(value)
        elif kind == "select":
            control.first.select_option(value)
        elif kind == "file":
            control.first.set_input_files(value)
        else:
            control.first.fill(str(value))

    def button(self, label: str, within: str = "main") -> Any:
        """Return the button or link that says this, as the eye or a screen reader has it.

        It may come with a live change of the page, so it is waited for.
        """
        place = self.page.locator(within)
        by_role = place.get_by_role("button", name=label, exact=True)
        by_link = place.get_by_role("link", name=label, exact=True)
        found = by_role.or_(by_link).or_(place.locator(f':is(a, button, summary):text-is("{label}")'))
        return self._there(found.first, f"button {label}")

    def _there(self, target: Any, what: str) -> Any:
        try:
            target.wait_for(state="attached")
        except NotSeenError:
            raise AssertionError(f"No {what} at {self.page.url}\n{self.text()}\n{self.site.logs()}") from None
        return target

    def press(self, label: str, *, within: str = "main") -> None:
        """Press what leads to another page and wait for it; a form must not come back with errors.

        A button that asks first is answered with yes.
        """
        target = self.button(label, within)
        if target.get_attribute("data-confirm"):
            target.click()
            target = self.page.locator("dialog#confirm[open] [value=yes]")
        # a mark on the document, not Playwright's navigation: scripts that write the history count as one, too
        self.page.evaluate("document.documentElement.dataset.left = 'soon'")
        target.click()
        self.page.locator("html:not([data-left])").wait_for(state="attached", timeout=60_000)
        self.page.wait_for_load_state("load")
        assert not self.page.locator(".form-summary, form .form-errors").count(), f"{self.page.url}\n{self.text()}"

    def see(self, *words: str) -> None:
        """Hold that the page shows each of the words."""
        for word in words:
            try:
                self.page.get_by_text(word).first.wait_for(state="attached")
            except NotSeenError:
                raise AssertionError(f"“{word}” is not at {self.page.url}\n{self.text()}\n{self.site.logs()}") from None

    def await_live(self, target: Any, seconds: int = 120) -> None:
        """Wait, without touching the page, until the background's work shows itself."""
        deadline = time.monotonic() + seconds
        while not target.count():
            assert time.monotonic() < deadline, f"Waited at {self.page.url}\n{self.text()}\n{self.site.logs()}"
            self.page.wait_for_timeout(300)

    def mails(self) -> list[str]:
        """Return the texts of the mails to this person, newest first."""
        found = []
        for path in sorted(self.site.layout.mail.glob("*.eml"), reverse=True):
            message = message_from_bytes(path.read_bytes(), policy=policy.default)
            body = message.get_body(("plain",))
            if self.email in str(message["To"]) and body is not None:
                found.append(str(body.get_content()))
        return found

    def mailed_link(self, part: str) -> str:
        """Wait for a mail with a link that has this part; return the link."""
        pattern = re.compile(rf"https?://\S*{part}\S*")
        self.site.wait(
            lambda: any(pattern.search(mail) for mail in self.mails()), f"a mail with {part} to {self.email}"
        )
        return next(found.group().rstrip(".>") for mail in self.mails() if (found := pattern.search(mail)))

    def enrol_authenticator(self) -> None:
        """Set up the authenticator app that the page asks for, and keep its secret."""
        self.press("Use an authenticator app")
        assert "/reauthenticate/" not in self.page.url, "who has just chosen a password is asked for it again"
        self.secret = self.page.locator("#authenticator_secret").input_value()
        self.fill(code=totp_code(self.secret))
        self.press("Activate")

    def fetch(self, path: str) -> bytes:
        """Return what lies at the address, asked for by this browser; it must answer 200."""
        status, text = self.page.evaluate(_FETCH, path)
        assert status == 200, f"{path}: {status}"
        return base64.b64decode(text)

    def accept_invitation(self) -> None:
        """Follow the mailed link and make the account."""
        self.page.goto(self.mailed_link("/invitations/"))
        self.fill(full_name=self.name, password=PASSWORD, again=PASSWORD)
        self.press("Create my account")

    def close(self) -> None:
        """Close the browser; nothing must have failed on the way."""
        self.context.close()
        assert not self.problems, self.problems
