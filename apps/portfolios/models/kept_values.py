"""Values of accounts by day, kept by night: what the ledger and the prices come to, never a source of their own.

A mark says from which day on something was written that they rest on; the database sets it in the writer's own
transaction (migration *_kept_values). A row counts as long as no mark reaches it.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.lookups import Exact

from apps.portfolios.models.account import Account
from apps.portfolios.models.instrument import Instrument

SERIES = ("holdings", "cash", "money_in", "money_out", "fees")


def _as_long_as_holdings(name: str) -> Exact:
    sizes = (
        models.Func(each, function="cardinality", output_field=models.IntegerField()) for each in (name, SERIES[0])
    )
    return Exact(*sizes)


class AccountMonth(models.Model):
    """An account at the close of each day from one on that is kept, until its month ends or the last kept day.

    In its currency, in hundred-millionths: whole numbers add up exactly. `money_in`, `money_out` and `fees` (advisory,
    taken from the account) are of the day. A row holds a month, since most of the price of a row is that it is one.
    """

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    pk = models.CompositePrimaryKey("account", "first_day")
    # rows come by the hundred thousand: the index and the check of a foreign key would cost more than the rows
    account = models.ForeignKey(Account, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    first_day = models.DateField()
    holdings = ArrayField(models.BigIntegerField())
    cash = ArrayField(models.BigIntegerField())
    money_in = ArrayField(models.BigIntegerField())
    money_out = ArrayField(models.BigIntegerField())
    fees = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(*(_as_long_as_holdings(name) for name in SERIES[1:])),
                name="account_month_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.account_id} {self.first_day}"


class KeptAccount(models.Model):
    """Which days of an account are kept: all from the first on which anything happened to the last."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()

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

    account = models.ForeignKey(Account, models.CASCADE, related_name="+")
    instrument = models.ForeignKey(Instrument, models.CASCADE, null=True, related_name="+")
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
