"""Who and what for: the details of a camt entry, of one payment or of a batch that was booked as one."""

from __future__ import annotations

from dataclasses import dataclass

from apps.core.tabular.xml_tree import XmlNode

_NO_REFERENCE = frozenset({"", "NOTPROVIDED"})
_SHOWN = 20  # of a batch: its memo is for people, and the books keep 300 characters


@dataclass(frozen=True, slots=True)
class CamtDetails:
    """Who is on the other side and what for; each may be empty."""

    name: str
    memo: str


def details_of(entry: XmlNode) -> CamtDetails:
    """Read the details. A batch stays one entry, as the account shows it: its memo lists who is in it."""
    payments = _payments(entry)
    note = entry.value("AddtlNtryInf")
    if len(payments) > 1:
        listed = [_party(payment, entry) or _purpose(payment) for payment in payments[:_SHOWN]]
        more = "; …" if len(payments) > _SHOWN else ""
        return CamtDetails(note, "; ".join(text for text in listed if text) + more)
    payment = payments[0] if payments else XmlNode("", entry.line)
    name, memo = _party(payment, entry), _purpose(payment)
    return CamtDetails(name or note, memo or (note if name else ""))


def reference_of(entry: XmlNode) -> str:
    """The payer's own reference, where the entry is of one payment that has one."""
    payments = _payments(entry)
    text = payments[0].value("Refs", "EndToEndId") if len(payments) == 1 else ""
    return "" if text in _NO_REFERENCE else text


def _payments(entry: XmlNode) -> list[XmlNode]:
    return [payment for group in entry.each("NtryDtls") for payment in group.each("TxDtls")]


def _party(payment: XmlNode, entry: XmlNode) -> str:
    """The other side: who paid what came in, who got what went out; a reversal keeps the parties of its payment."""
    side = payment.value("CdtDbtInd") or entry.value("CdtDbtInd")
    is_reversal = (entry.value("RvslInd") or payment.value("RvslInd")) in {"true", "1"}
    payer = (side == "CRDT") != is_reversal
    for tag in ("Dbtr", "UltmtDbtr") if payer else ("Cdtr", "UltmtCdtr"):
        name = payment.value("RltdPties", tag, "Nm") or payment.value("RltdPties", tag, "Pty", "Nm")
        if name:
            return name
    return ""


def _purpose(payment: XmlNode) -> str:
    remittance = payment.first("RmtInf") or XmlNode("", payment.line)
    texts = [" ".join(node.text.split()) for node in remittance.each("Ustrd")]
    texts += [node.value("CdtrRefInf", "Ref") for node in remittance.each("Strd")]
    return " ".join(text for text in texts if text) or payment.value("AddtlTxInf")
