"""MT940 statements as banks write them."""

from __future__ import annotations

ACCOUNT = ":25:50880050/0194787400888\r\n:28C:4/1\r\n"
RENT = ":61:2605040504DR800,00NSTONONREF//77001\r\n:86:008?00DAUERAUFTRAG?20Miete Mai?32MUELLER\r\n"
PAY = ":61:2605050505CR3000,NTRFNONREF//77002\r\n:86:051?00UEBERWEISUNG?20Gehalt?32ACME GMBH\r\n"
COFFEE = ":61:2605060506D4,50NMSCNONREF\r\n:86:KAFFEE\r\n"


def statement(*entries: str, opening: str = "C260503EUR1000,00", closing: str = "C260531EUR3200,00") -> str:
    """One statement; with RENT and PAY it adds up."""
    return f":20:STARTUMS\r\n{ACCOUNT}:60F:{opening}\r\n{''.join(entries)}:62F:{closing}\r\n-\r\n"


SOUND = statement(RENT, PAY)
