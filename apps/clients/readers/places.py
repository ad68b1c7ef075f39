"""Countries and their states as files write them, by code or name."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

# USPS Publication 28, appendix B: states, the district, territories, freely associated states, armed forces.
_US = (
    "AL Alabama;AK Alaska;AZ Arizona;AR Arkansas;CA California;CO Colorado;CT Connecticut;DE Delaware;"
    "DC District of Columbia;FL Florida;GA Georgia;HI Hawaii;ID Idaho;IL Illinois;IN Indiana;IA Iowa;KS Kansas;"
    "KY Kentucky;LA Louisiana;ME Maine;MD Maryland;MA Massachusetts;MI Michigan;MN Minnesota;MS Mississippi;"
    "MO Missouri;MT Montana;NE Nebraska;NV Nevada;NH New Hampshire;NJ New Jersey;NM New Mexico;NY New York;"
    "NC North Carolina;ND North Dakota;OH Ohio;OK Oklahoma;OR Oregon;PA Pennsylvania;RI Rhode Island;"
    "SC South Carolina;SD South Dakota;TN Tennessee;TX Texas;UT Utah;VT Vermont;VA Virginia;WA Washington;"
    "WV West Virginia;WI Wisconsin;WY Wyoming;AS American Samoa;GU Guam;MP Northern Mariana Islands;PR Puerto Rico;"
    "VI Virgin Islands;UM Minor Outlying Islands;FM Micronesia;MH Marshall Islands;PW Palau;"
    "AA Armed Forces Americas;AE Armed Forces Europe;AP Armed Forces Pacific"
)
# ISO 3166-2:CA and 3166-2:BR.
_CA = (
    "AB Alberta;BC British Columbia;MB Manitoba;NB New Brunswick;NL Newfoundland and Labrador;NS Nova Scotia;"
    "NT Northwest Territories;NU Nunavut;ON Ontario;PE Prince Edward Island;QC Quebec;SK Saskatchewan;YT Yukon"
)
_BR = (
    "AC Acre;AL Alagoas;AP Amapá;AM Amazonas;BA Bahia;CE Ceará;DF Distrito Federal;ES Espírito Santo;GO Goiás;"
    "MA Maranhão;MT Mato Grosso;MS Mato Grosso do Sul;MG Minas Gerais;PA Pará;PB Paraíba;PR Paraná;PE Pernambuco;"
    "PI Piauí;RJ Rio de Janeiro;RN Rio Grande do Norte;RS Rio Grande do Sul;RO Rondônia;RR Roraima;"
    "SC Santa Catarina;SP São Paulo;SE Sergipe;TO Tocantins"
)
_SHORT_NAMES = {"usa": "US", "u s a": "US", "u s": "US", "united states of america": "US", "uk": "GB", "eua": "US"}


def _folded(text: str) -> str:
    return " ".join(text.replace(".", " ").casefold().split())


@lru_cache(maxsize=1)
def _states() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for country, listing in (("US", _US), ("CA", _CA), ("BR", _BR)):
        names = found.setdefault(country, {})
        for entry in listing.split(";"):
            code, name = entry.split(" ", 1)
            names[code.casefold()] = code
            names[_folded(name)] = code
    return found


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    names = dict(_SHORT_NAMES)
    for language in ("en", "pt", "es", "fr", "de"):
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "EZ", "UN", "QO", "XA", "XB"):
                names.setdefault(_folded(name), code)
                names[code.casefold()] = code
    return names


def country_code(text: str) -> str:
    """The ISO 3166 code of a country given by code or name; empty when it is unknown."""
    return _countries().get(_folded(text), "")


def has_known_states(country: str) -> bool:
    """Whether the states of the country are listed here."""
    return country in _states()


def state_code(text: str, country: str) -> str:
    """The code of a state given by code or name; empty when the country has none such."""
    return _states().get(country, {}).get(_folded(text), "")
