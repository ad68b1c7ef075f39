"""Corporate actions of a provider: kept once, corrected on the trail, one bad line keeps the file out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django_tenants.utils import schema_context

from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.market.models import CorporateAction
from apps.market.services.actions import ActionNotice, FileActions, keep_action, take_actions
from tests.factories import market

DAY = dt.date(2026, 3, 31)
FILE = """symbol,kind,day,new_shares,old_shares,into,cash_per_share,fair_old,fair_new,cancelled
aaa,split,2026-03-31,2,1,,,,,
AAA,spin_off,2026-04-30,1,4,BBB,,44.5,24,
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _securities(ada: object) -> None:
    market.security("AAA")
    market.security("BBB")


def taken(text: str = FILE) -> list[CorporateAction]:
    with schema_context("public"):
        return take_actions(provider=FileActions(text, "actions.csv"), by=market.JOB)


def test_a_file_is_taken_once_and_corrections_stand_on_the_trail() -> None:
    split, spun = taken()
    assert (split.new_shares, split.old_shares, split.source) == (2, 1, "actions.csv")
    assert (spun.into.symbol, spun.fair_old) == ("BBB", Decimal("44.5"))
    assert taken() == []
    (corrected,) = taken(FILE.replace("31,2,1", "31,3,1"))
    assert (corrected.pk, corrected.new_shares) == (split.pk, 3)
    with schema_context("public"):
        event = AuditEvent.objects.filter(action="market.keep_action").latest("id")
    assert Decimal(event.before["new_shares"]) == 2


@pytest.mark.parametrize(
    "line",
    [
        "ZZZ,split,2026-03-31,2,1,,,,,",
        "AAA,explosion,2026-03-31,2,1,,,,,",
        "AAA,split,31.3.2026,2,1,,,,,",
        "AAA,split,2026-03-31,two,1,,,,,",
        "AAA,split,2026-03-31,2,,,,,,",
        "AAA,split,2026-03-31,-2,1,,,,,",
        "AAA,symbol_change,2026-03-31,,,,,,,",
        "AAA,merger,2026-03-31,1,1,AAA,,,,",
        "AAA,return_of_capital,2026-03-31,,,,,,,",
    ],
)
def test_one_bad_line_keeps_the_file_out(line: str) -> None:
    with pytest.raises(InvalidInputError):
        taken(FILE + line + "\n")
    with schema_context("public"):
        assert not CorporateAction.objects.exists()


def test_an_action_is_called_off_and_never_removed() -> None:
    notice = ActionNotice("AAA", "split", DAY, Decimal(2), Decimal(1), is_cancelled=True)
    taken()
    with schema_context("public"):
        kept = keep_action(notice=notice, source="feed", by=market.JOB)
    assert kept is not None
    assert kept.is_cancelled


def test_the_command_says_what_it_did_or_which_line_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "actions.csv"
    file.write_text(FILE)
    with schema_context("public"):
        call_command("load_corporate_actions", str(file))
        assert "2 corporate actions" in capsys.readouterr().out
        file.write_text(FILE + "AAA,split,soon,,,,,,,\n")
        with pytest.raises(CommandError, match="Line 4"):
            call_command("load_corporate_actions", str(file))
