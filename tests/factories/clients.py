"""Households for tests, made by the product's own service."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from apps.accounts.models import User
from apps.accounts.policies import Role
from apps.clients.models import Document, Household, Person
from apps.clients.services.documents import file_document
from apps.clients.services.households import onboard_household
from apps.core.actors import Actor
from tests.factories.users import UserFactory


def household(advisor: User, *, name: str = "Rivera", by: Actor | None = None) -> Household:
    """Two partners with two children."""

    def member(relationship: str, first_name: str, born: dt.date, **more: object) -> dict[str, object]:
        return {
            "relationship": relationship,
            "first_name": first_name,
            "last_name": name,
            "date_of_birth": born,
            **more,
        }

    email = f"ana.{name.lower()}@example.com"
    earns = {"annual_income": Decimal(140_000), "retirement_age": 65}
    people = [
        member("head", "Ana", dt.date(1980, 5, 17), email=email, **earns),
        member("partner", "Luis", dt.date(1978, 1, 3), annual_income=Decimal(95_000), retirement_age=65),
        member("child", "Eva", dt.date(2012, 9, 1)),
        member("child", "Tom", dt.date(2015, 2, 28)),
    ]
    details = {"filing_status": "joint", "state": "MA"}
    return onboard_household(name=name, advisor=advisor, people=people, details=details, by=by or advisor.as_actor())


def portal_user(member: Person, *, email: str = "") -> User:
    """Give a member of a household an account of the portal."""
    address = email or f"{member.first_name}.{member.last_name}@example.com".lower()
    user: User = UserFactory(full_name=str(member), role=Role.CLIENT, email=address)
    member.user = user
    member.save(update_fields=["user", "updated_at"])
    return user


def pdf(text: str = "Advisory agreement") -> bytes:
    """A small PDF of the product's own making, without fonts or pictures."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>"
        ),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    )


def document(household: Household, *, by: Actor, category: str = "agreement", title: str = "Agreement") -> Document:
    """File a one-page PDF."""
    return file_document(
        household=household, category=category, title=title, filename=f"{title.lower()}.pdf", content=pdf(title), by=by
    )
