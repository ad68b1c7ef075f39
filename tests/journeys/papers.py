"""The files that the journey brings: a client list, a bank statement, a custodian's exports; days relative to today."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

CLIENTS = """Household,First name,Last name,Relationship,DOB,Email,State
Marsh,Nora,Marsh,head,1961-04-02,nora@marsh.test,MA
Marsh,Owen,Marsh,partner,1959-09-17,owen@marsh.test,MA
"""
BROKEN_CLIENTS = CLIENTS + "Quill,Pia,Quill,head,1984-02-31,pia@quill.test,MA\n"

_OFX = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>{last:%Y%m%d}<LANGUAGE>ENG</SONRS></SIGNONMSGSRSV1>
<BANKMSGSRSV1><STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS><STMTRS><CURDEF>USD
<BANKACCTFROM><BANKID>021000021<ACCTID>000111222<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>{first:%Y%m%d}<DTEND>{last:%Y%m%d}
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>{first:%Y%m%d}<TRNAMT>11250.00<FITID>F1<NAME>ACME PAYROLL</STMTTRN>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{first:%Y%m%d}<TRNAMT>-842.10<FITID>F2<NAME>WHOLE FOODS</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>48915.90<DTASOF>{last:%Y%m%d}</LEDGERBAL>
</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""
_TRANSACTIONS = """Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees,Amount
{first:%m/%d/%Y},{first:%m/%d/%Y},1234-5678,Deposit,,Wire received,,,,"800,000.00"
{next:%m/%d/%Y},{next:%m/%d/%Y},1234-5678,Buy,VTI,Total US stock market fund,1000,250.00,,"-250,000.00"
{next:%m/%d/%Y},{next:%m/%d/%Y},1234-5678,Buy,BND,Total US bond market fund,3000,75.00,,"-225,000.00"
"""
_POSITIONS = """Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date
1234-5678,VTI,Total US stock market fund,1000,251.00,"251,000.00","250,000.00",{day:%m/%d/%Y}
1234-5678,BND,Total US bond market fund,3000,75.00,"225,000.00","225,000.00",{day:%m/%d/%Y}
1234-5678,Cash,Cash & Cash Investments,,,"325,000.00",,{day:%m/%d/%Y}
"""


@dataclass(frozen=True)
class Quarter:
    """The last whole quarter before a day."""

    first: dt.date
    last: dt.date

    @classmethod
    def before(cls, day: dt.date) -> Quarter:
        """Return it."""
        began = day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)
        last = began - dt.timedelta(days=1)
        return cls(last.replace(month=last.month - 2, day=1), last)

    def next(self) -> Quarter:
        """Return the one after it."""
        first = self.last + dt.timedelta(days=1)
        return Quarter(first, (first + dt.timedelta(days=95)).replace(day=1) - dt.timedelta(days=1))


def written(folder: Path, name: str, text: str) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_text(text)
    return path


def bank_statement(quarter: Quarter) -> str:
    """Return a month's statement of a checking account."""
    return _OFX.format(first=quarter.first, last=quarter.last)


def transactions(quarter: Quarter) -> str:
    """Return a deposit and two purchases in the first days of the quarter."""
    return _TRANSACTIONS.format(first=quarter.first, next=quarter.first + dt.timedelta(days=1))


def positions(quarter: Quarter) -> str:
    """Return what those purchases hold some days later."""
    return _POSITIONS.format(day=quarter.first + dt.timedelta(days=2))


_BOOK = """Trade Date,Settlement Date,Account Number,Action,Symbol,Description,Quantity,Price,Fees & Comm,Amount
{first:%m/%d/%Y},{first:%m/%d/%Y},7654-3210,Deposit,,Wire received,,,,"100,000.00"
{next:%m/%d/%Y},{next:%m/%d/%Y},7654-3210,Buy,STK,STK fund,800,100.00,,"-80,000.00"
{next:%m/%d/%Y},{next:%m/%d/%Y},7654-3210,Buy,BND,BND fund,100,100.00,,"-10,000.00"
"""
_HELD = """Account Number,Symbol,Description,Quantity,Price,Market Value,Cost Basis,As Of Date
7654-3210,STK,STK fund,800,100.00,"80,000.00","80,000.00",{day:%m/%d/%Y}
7654-3210,BND,BND fund,100,100.00,"10,000.00","10,000.00",{day:%m/%d/%Y}
7654-3210,Cash,Cash & Cash Investments,,,"10,012.50",,{day:%m/%d/%Y}
"""


def book(quarter: Quarter) -> str:
    """Return a deposit and two purchases in the first days of the quarter: far more stocks than the model wants."""
    return _BOOK.format(first=quarter.first, next=quarter.first + dt.timedelta(days=1))


def held(quarter: Quarter) -> str:
    """Return what the custodian holds some days later: the same, and 12.50 of cash that the book lacks."""
    return _HELD.format(day=quarter.first + dt.timedelta(days=2))
