"""camt.053 statements as banks write them."""

from __future__ import annotations


def balance(code: str, amount: str, day: str, side: str = "CRDT", currency: str = "EUR") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='{currency}'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>\n"
    )


def entry(
    amount: str,
    side: str = "CRDT",
    *,
    reference: str = "",
    details: str = "",
    status: str = "<Sts>BOOK</Sts>",
    reversal: bool | None = None,
    currency: str = "EUR",
) -> str:
    reversed_ = "" if reversal is None else f"<RvslInd>{str(reversal).lower()}</RvslInd>"
    return (
        f"<Ntry>\n<Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{reversed_}{status}\n"
        "<BookgDt><Dt>2026-05-04</Dt></BookgDt><ValDt><Dt>2026-05-05</Dt></ValDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef>{details}</Ntry>\n"
    )


def payment(name: str, memo: str, *, tag: str = "Dbtr", wrapped: bool = False) -> str:
    party = f"<Pty><Nm>{name}</Nm></Pty>" if wrapped else f"<Nm>{name}</Nm>"
    return (
        f"<TxDtls><Refs><EndToEndId>E-{name}</EndToEndId></Refs><RltdPties><{tag}>{party}</{tag}></RltdPties>"
        f"<RmtInf><Ustrd>{memo}</Ustrd></RmtInf></TxDtls>"
    )


def statement(*entries: str, opening: str = "1000.00", closing: str = "3200.00", balances: str | None = None) -> str:
    both = balance("OPBD", opening, "2026-05-03") + balance("CLBD", closing, "2026-05-31")
    return (
        "<Stmt><Id>S1</Id>\n<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy>"
        "<Svcr><FinInstnId><BIC>COBADEFF</BIC></FinInstnId></Svcr></Acct>\n"
        f"{both if balances is None else balances}{''.join(entries)}</Stmt>\n"
    )


def document(*statements: str, version: str = "02", kind: str = "053") -> str:
    outer = {"053": "BkToCstmrStmt", "052": "BkToCstmrAcctRpt", "054": "BkToCstmrDbtCdtNtfctn"}[kind]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.{version}"><{outer}>\n'
        f"<GrpHdr><MsgId>M1</MsgId></GrpHdr>\n{''.join(statements)}</{outer}></Document>\n"
    )


RENT = entry(
    "800.00", "DBIT", reference="77001", details=f"<NtryDtls>{payment('MUELLER', 'Miete', tag='Cdtr')}</NtryDtls>"
)
PAY = entry("3000.00", "CRDT", reference="77002", details=f"<NtryDtls>{payment('ACME', 'Gehalt')}</NtryDtls>")
SOUND = document(statement(RENT, PAY))
