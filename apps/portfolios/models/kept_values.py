"""Values of accounts by day, kept by night: what the ledger and the prices come to, never a source of their own.

A mark says from which day on something was written that they rest on; the database sets it in the writer's own
transaction (migration *_kept_values). A row counts as long as no mark reaches it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Mod
from django.db.models.lookups import Exact

from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument


def _whole_items(name: str, size: int) -> Exact:
    length = models.Func(name, function="octet_length", output_field=models.IntegerField())
    return Exact(Mod(length, size), 0)


class AccountQuarter(models.Model):
    """An account at the close of each day from one on that is kept, until its quarter ends or the last kept day.

    In its currency, in hundred-millionths, as 64 bits each: `engine/kept_days` says how they are laid. What a row costs
    is most of all that it is one, so a row holds a quarter, and what does not move takes no place in it.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    pk = models.CompositePrimaryKey("account", "first_day")
    # rows come by the ten thousand: the index and the check of a foreign key would cost more than the rows
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    first_day = models.DateField()
    holdings = models.BinaryField()
    changes = models.BinaryField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(_whole_items("holdings", 8), _whole_items("changes", 16)),
                name="account_quarter_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.first_day}"


class KeptAccount(models.Model):
    """Which days of an account are kept, all from the first on which anything happened to the last, and its last close.

    `cash` and `positions` (pairs of an instrument and its units, 64 bits each, in hundred-millionths) are where the
    next night begins; an account with more than one currency `is_walked` and keeps none.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+", db_constraint=False)
    first_day = models.DateField()
    last_day = models.DateField()
    is_walked = models.BooleanField()
    cash = models.BigIntegerField()
    positions = models.BinaryField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(last_day__gte=models.F("first_day")), name="kept_account_span"),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.first_day}..{self.last_day}"


class KeptHolding(models.Model):
    """Since when an account had something at a close, and the first close at which its value was not known.

    Of a security, or of cash in a currency without a rate.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    # rows come by the ten thousand, and are asked for by account alone, for which the constraint's index serves
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    instrument = models.ForeignKey(
        Instrument, models.CASCADE, null=True, related_name="+", db_index=False, db_constraint=False
    )
    currency = models.CharField(max_length=3, blank=True)
    first_day = models.DateField()
    unpriced_on = models.DateField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["account", "instrument", "currency"], nulls_distinct=False, name="kept_holding_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.instrument_id or self.currency} {self.first_day}"


class ValueMark(models.Model):
    """From which day on what values rest on was written: of one account, or of one instrument in all accounts."""

    MUTABLE: ClassVar[bool] = False
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="+", db_constraint=False)
    instrument = models.ForeignKey(Instrument, models.CASCADE, null=True, related_name="+", db_constraint=False)
    first_day = models.DateField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(account=None) ^ models.Q(instrument=None), name="value_mark_of_one_or_other"
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id or self.instrument_id} {self.first_day}"


class KeptState(models.Model):
    """One row, which whoever keeps values locks: how far marks were taken up, and from when sums of the firm are due.

    `last_mark` is the last mark of the shared prices (`market.PriceMark`) that became marks of accounts; `asked_on` the
    day of the firm on which its night was last asked for.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    last_mark = models.BigIntegerField(default=0)
    firm_from = models.DateField(null=True)
    asked_on = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.last_mark)


class FirmDay(models.Model):
    """The managed accounts of one currency together at the close of a day, in hundred-millionths."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    currency = models.CharField(max_length=3)
    day = models.DateField()
    value = models.DecimalField(max_digits=30, decimal_places=0)
    money_in = models.DecimalField(max_digits=30, decimal_places=0)
    money_out = models.DecimalField(max_digits=30, decimal_places=0)
    fees = models.DecimalField(max_digits=30, decimal_places=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["currency", "day"], name="firm_day_once"),)

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"
