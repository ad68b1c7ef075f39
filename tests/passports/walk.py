"""Who looks at the books: browsers of the cast, the passports they opened, the papers that were drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.template.loader import render_to_string
from django.test import Client

from tests.cast import SiteClient
from tests.passports.books import Address, Books
from tests.passports.finder import Node, read


@dataclass
class Papers:
    """The templates of papers that were rendered, with what was put into them."""

    drawn: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def note(self, *, template: Any, context: Any, **_signal: Any) -> None:
        """Hear that a template is rendered."""
        if (template.name or "").startswith("_pdf/"):
            self.drawn.append((template.name, context.flatten()))

    def html(self, name: str, holds: str) -> str:
        """Return what was laid out as the PDF that holds the words."""
        return next(
            html for each, context in self.drawn if each == name and holds in (html := render_to_string(name, context))
        )


@dataclass
class Walk:
    """The books, who looks at them, and the passports opened so far."""

    books: Books
    browsers: dict[str, Client]
    papers: Papers
    opened: dict[tuple[str, str], Node | int] = field(default_factory=dict)

    def page(self, address: Address) -> tuple[str, Node] | set[int]:
        """Return the first visitor who is given a page, with it; else what all of them were answered."""
        answered = set()
        for name in address.visitors:
            answer = ask(self.browsers[name], address.path)
            if answer.status_code == 200 and "text/html" in answer.get("Content-Type", ""):
                return name, read(answer.content.decode())
            answered.add(answer.status_code)
        return answered

    def passport(self, visitor: str, address: str) -> Node | int:
        """Open a passport as a click does; the same one only once."""
        path = address.partition("#")[0]
        if (visitor, path) not in self.opened:
            answer = ask(self.browsers[visitor], path, headers={"hx-request": "true"})
            seen = answer.status_code
            self.opened[visitor, path] = read(answer.content.decode()) if seen == 200 else seen
        return self.opened[visitor, path]


def ask(browser: Client, path: str, **how: Any) -> Any:
    """Send one request and take back what it changed."""
    with transaction.atomic():
        answer = browser.get(path, **how)
        transaction.set_rollback(True)
    return answer


def browser_of(user: Any) -> Client:
    client = SiteClient(headers={"host": "alpha.localhost"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor_known"] = True
    session.save()
    return client
