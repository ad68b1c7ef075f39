from __future__ import annotations

from apps.core.tabular.xml_tree import read_xml
from apps.money.readers.camt_details import CamtDetails, details_of, reference_of
from tests.apps.money.readers.camt_samples import entry, payment


def told(text: str) -> CamtDetails:
    return details_of(read_xml(text.encode()).root)


def test_money_that_comes_in_is_from_the_debtor_and_money_that_goes_out_to_the_creditor() -> None:
    parties = "<Dbtr><Nm>Payer</Nm></Dbtr><Cdtr><Nm>Payee</Nm></Cdtr>"
    details = f"<NtryDtls><TxDtls><RltdPties>{parties}</RltdPties></TxDtls></NtryDtls>"
    assert told(entry("1", "CRDT", details=details)).name == "Payer"
    assert told(entry("1", "DBIT", details=details)).name == "Payee"
    assert told(entry("1", "CRDT", reversal=True, details=details)).name == "Payee"


def test_structured_references_and_notes_say_what_it_is_for() -> None:
    structured = "<RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf>"
    assert told(entry("1", details=f"<NtryDtls><TxDtls>{structured}</TxDtls></NtryDtls>")).memo == "RF18"
    assert told(entry("1", details="<AddtlNtryInf>Fee</AddtlNtryInf>")) == CamtDetails("Fee", "")


def test_a_long_batch_is_shortened() -> None:
    many = "".join(payment(f"P{n}", "x") for n in range(25))
    assert told(entry("1", details=f"<NtryDtls>{many}</NtryDtls>")).memo.endswith("P19; …")


def test_a_reference_that_says_nothing_is_none() -> None:
    details = "<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs></TxDtls></NtryDtls>"
    assert reference_of(read_xml(entry("1", details=details).encode()).root) == ""
