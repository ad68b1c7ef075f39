"""Securities of the firm's books."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from simple_history.utils import bulk_create_with_history

from apps.core import audit
from apps.core.actors import Actor
from apps.core.services import service
from apps.kernel.errors import InvalidInputError, gettext_noop
from apps.market.models import Security
from apps.market.selectors.securities import SecurityName, securities_named
from apps.portfolios.models import Instrument
from apps.portfolios.readers.rows import SecurityKey
from apps.portfolios.selectors.securities import visible_instruments


@dataclass(frozen=True, slots=True)
class NamedSecurity:
    """A security as a file or a person names it; at least one of symbol, CUSIP, ISIN and name is filled."""

    symbol: str = ""
    cusip: str = ""
    isin: str = ""
    name: str = ""
    currency: str = "USD"

    @property
    def of_master(self) -> SecurityName:
        """How the securities master is asked for it."""
        return SecurityName(symbol=self.symbol.upper(), cusip=self.cusip, isin=self.isin)


def named(key: SecurityKey) -> NamedSecurity:
    """Name a file's security as our books do."""
    bare = not (key.symbol or key.cusip or key.isin)
    return NamedSecurity(key.symbol.upper(), key.cusip, key.isin, key.description[:200] if bare else "")


def known_instruments(names: Iterable[NamedSecurity]) -> dict[NamedSecurity, Instrument]:
    """Find what the books know already, in one query; the others are left out."""
    wanted = set(names)
    found = Instrument.objects.filter(
        Q(symbol__in={n.symbol.upper() for n in wanted if n.symbol})
        | Q(cusip__in={n.cusip for n in wanted if n.cusip})
        | Q(isin__in={n.isin for n in wanted if n.isin})
        | Q(
            symbol="",
            cusip="",
            isin="",
            name__in={n.name for n in wanted if not (n.symbol or n.cusip or n.isin)},
            # what people value by hand is one household's: no file means it by a name
            manual_asset=None,
        )
    )
    by_key: dict[tuple[str, str], Instrument] = {}
    for instrument in found:
        for field in ("isin", "cusip", "symbol", "name"):
            if getattr(instrument, field):
                by_key[field, getattr(instrument, field)] = instrument
    result = {}
    for name in wanted:
        match = next((by_key[key] for key in _keys(name) if key in by_key), None)
        if match is not None:
            result[name] = match
    return result


@service
def instruments_for(*, names: Iterable[NamedSecurity], by: Actor) -> dict[NamedSecurity, Instrument]:
    """Return an instrument for each name, adding those the books lack: from the master, or as the firm's own.

    Raises InvalidInputError for a name with nothing in it.
    """
    wanted = set(names)
    for name in wanted:
        if not (name.symbol or name.cusip or name.isin or name.name):
            raise InvalidInputError(gettext_noop("The security has neither a symbol nor a name."), field="security")
    result = known_instruments(wanted)
    missing = [name for name in wanted if name not in result]
    masters = securities_named(name.of_master for name in missing)
    by_master = {i.master_id: i for i in Instrument.objects.filter(master__in=masters.values())}
    new: dict[tuple[str, str], Instrument] = {}
    for name in sorted(missing, key=lambda n: (n.symbol, n.cusip, n.isin, n.name)):
        master = masters.get(name.of_master)
        instrument = by_master.get(master.pk) if master else None
        # a file may name one security in several ways
        instrument = instrument or next((new[key] for key in _keys(name) if key in new), None)
        if instrument is None:
            instrument = _new(name, master)
            new |= dict.fromkeys(_keys(instrument), instrument)
        if master is not None:
            by_master[master.pk] = instrument
        result[name] = instrument
    _add(list({id(instrument): instrument for instrument in new.values()}.values()), by)
    return result


def _keys(named: NamedSecurity | Instrument) -> list[tuple[str, str]]:
    """Return what a security is known by, the surest first; its name only where it has nothing else."""
    keys = [("isin", named.isin), ("cusip", named.cusip), ("symbol", named.symbol.upper())]
    return [key for key in keys if key[1]] or [("name", named.name)]


@service
def instrument_by_symbol(*, symbol: str, field: str, by: Actor) -> Instrument:
    """Return the instrument of a symbol that a person typed into a field.

    Raises InvalidInputError for a symbol that neither the securities master nor the firm's books know; of the firm's
    own, who sees no account that met it is told the same.
    """
    name = NamedSecurity(symbol=symbol.strip().upper())
    found: Instrument | None = known_instruments([name]).get(name) if name.symbol else None
    if found is not None and (found.master_id or visible_instruments(by).filter(pk=found.pk).exists()):
        return found
    if found is None and name.symbol and securities_named([name.of_master]):
        return instruments_for(names=[name], by=by)[name]
    raise InvalidInputError(
        gettext_noop("No security has the symbol %(symbol)s."),
        mend=gettext_noop("Check the symbol; a security of the firm's own comes with a custodian's file."),
        field=field,
        symbol=symbol,
    )


def _new(name: NamedSecurity, master: Security | None) -> Instrument:
    if master is not None:
        instrument = Instrument(
            master=master,
            symbol=master.symbol,
            name=master.name,
            kind=master.kind,
            asset_class=master.asset_class,
            currency=master.currency,
            cusip=master.cusip or name.cusip,
            isin=master.isin or name.isin,
        )
    else:
        instrument = Instrument(
            symbol=name.symbol.upper(),
            name=name.name or name.symbol or name.cusip or name.isin,
            currency=name.currency,
            cusip=name.cusip,
            isin=name.isin,
        )
    try:
        instrument.full_clean(exclude=["master"], validate_unique=False, validate_constraints=False)
    except ValidationError as wrong:
        raise InvalidInputError(
            gettext_noop("“%(security)s” cannot be the name of a security."),
            mend=gettext_noop("Correct its symbol, CUSIP, ISIN or name in the file."),
            field="security",
            security=str(instrument)[:40],
        ) from wrong
    return instrument


def _add(new: Sequence[Instrument], by: Actor) -> None:
    bulk_create_with_history(new, Instrument)
    audit.record_all(
        audit.event("portfolios.add_instrument", by=by, target=each, after=audit.snapshot(each)) for each in new
    )


@service
def classify_instrument(*, instrument: Instrument, asset_class: str, kind: str, by: Actor) -> Instrument:
    """Say what a security of the firm's own is invested in.

    Raises InvalidInputError for one of the shared master: its class is the master's.
    """
    if instrument.master_id is not None:
        raise InvalidInputError(gettext_noop("The securities master says what this security is."), field="asset_class")
    before = audit.snapshot(instrument)
    instrument.asset_class, instrument.kind = asset_class, kind
    instrument.full_clean()
    instrument.save(update_fields=["asset_class", "kind", "updated_at"])
    audit.record(
        "portfolios.classify_instrument", by=by, target=instrument, before=before, after=audit.snapshot(instrument)
    )
    return instrument
