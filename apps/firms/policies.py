"""What a firm may be called and where its site may lie."""

from __future__ import annotations

import re

from apps.core.tenancy.names import is_schema_name

# addresses that are ours, or that would mislead whoever reads them
RESERVED_ADDRESSES = frozenset(
    [
        "about",
        "accounts",
        "admin",
        "api",
        "app",
        "apps",
        "assets",
        "auth",
        "billing",
        "blog",
        "careers",
        "cdn",
        "contact",
        "demo-api",
        "dev",
        "docs",
        "download",
        "email",
        "files",
        "finra",
        "ftp",
        "guest",
        "health",
        "help",
        "host",
        "imap",
        "inbox",
        "info",
        "internal",
        "invoices",
        "legal",
        "local",
        "localhost",
        "login",
        "mail",
        "media",
        "money",
        "mx",
        "news",
        "ns",
        "ns1",
        "ns2",
        "oauth",
        "office",
        "operator",
        "operators",
        "pay",
        "payments",
        "pop",
        "portal",
        "postgres",
        "postmaster",
        "pricing",
        "privacy",
        "public",
        "register",
        "root",
        "sales",
        "sec",
        "secure",
        "security",
        "server",
        "signin",
        "signup",
        "site",
        "smtp",
        "ssl",
        "staff",
        "stage",
        "staging",
        "static",
        "status",
        "steward",
        "support",
        "system",
        "team",
        "test",
        "testing",
        "tests",
        "tls",
        "webmail",
        "webmaster",
        "wpad",
        "www",
        "www2",
    ]
)
_ADDRESS = re.compile(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
MIN_ADDRESS, MAX_ADDRESS = 3, 40

# an hour's registrations from one network address; a person who mistypes stays far below
MAX_REGISTRATIONS_AN_HOUR = 20

# USPS Publication 28, appendix B: states, the District of Columbia, and the territories with advisers of their own
US_STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "GU": "Guam", "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "PR": "Puerto Rico",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "VI": "U.S. Virgin Islands", "WA": "Washington",
    "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip


def is_address(text: str) -> bool:
    """Say whether a firm's site may have this address: letters, digits and single hyphens, and a valid schema name."""
    fits = MIN_ADDRESS <= len(text) <= MAX_ADDRESS and _ADDRESS.match(text)
    return bool(fits) and is_schema_name(text.replace("-", "_"))


def is_reserved(address: str) -> bool:
    """Say whether the address is kept for the product."""
    return address in RESERVED_ADDRESSES or address.startswith("xn-")
