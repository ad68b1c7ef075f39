"""The firm's markets: chosen, refused, loaded, and what they do to a run."""

import numpy as np
import pytest

from apps.core.errors import shown
from apps.core.models import AuditEvent
from apps.kernel.errors import InvalidInputError
from apps.plans.engine.markets import MarketKind, MarketModel
from apps.plans.models import MarketChoice, MarketHistory
from apps.plans.selectors.markets import chosen_market, history_in, history_named, market_lines, newest_history
from apps.plans.selectors.overviews import plan_overview
from apps.plans.selectors.passports import passport_of
from apps.plans.selectors.run_values import inputs_of, result_of
from apps.plans.services import _explorers
from apps.plans.services import markets as written
from apps.plans.services._questions import check_markets
from apps.plans.services.markets import MarketTerms, choose_markets, load_market_history
from apps.plans.services.merging import facts_changed
from apps.plans.services.plans import discard_draft, draft_plan
from apps.plans.services.projections import request_projection
from apps.plans.services.scenarios import keep_scenario
from tests.apps.plans.engine.households import simple_assumptions
from tests.factories import plans

KEYS = ("us_equity", "us_small_equity", "corporate_bonds", "high_grade_bonds", "cash", "inflation")


def table(n_months: int = 1000, keys: tuple[str, ...] = KEYS) -> bytes:
    """A made-up history as a file."""
    dice = np.random.default_rng(7)
    lines = [",".join(("month", *keys))]
    for place in range(n_months):
        returns = 0.005 + 0.02 * dice.standard_normal(len(keys))
        month = f"{1930 + place // 12}-{place % 12 + 1:02d}"
        lines.append(",".join([month, *(f"{value:.6f}" for value in returns)]))
    return "\n".join(lines).encode()


def load(by, data: bytes = b"") -> MarketHistory:
    return load_market_history(data=data or table(), source="Made up for a test", by=by.as_actor())


def test_fat_tails_are_chosen_and_the_run_says_so_beside_the_others(ada, paul):
    load(paul)
    choose_markets(terms=MarketTerms("fat_tailed", 12, is_recentred=True), by=paul.as_actor())
    plan = plans.drafted(ada)
    run = plans.computed(plan, ada)
    asked, result = inputs_of(run), result_of(run)
    assert asked.inputs.simulation.market.kind == "fat_tailed"
    kinds = ["log_normal", "bootstrap", "sequences"]
    assert [model.kind for model in asked.other_markets] == kinds
    assert [outcome.kind for outcome in result.markets] == kinds
    lines = {line.kind: line for line in market_lines(result)}
    assert lines["bootstrap"].error is not None
    n_months = 12 * result.projection.n_years
    assert lines["sequences"].stretches == pytest.approx(1000 - n_months + 1, abs=11)
    assert lines["sequences"].error is None
    scenarios = [step for step in result.projection.trail if step.step == "scenarios"]
    assert ("market", "fat_tailed") in scenarios[0].facts
    overview = plan_overview(plan.household, ada.as_actor(), plan)
    assert {line.kind for line in overview.markets} == set(kinds)
    assert overview.market_since == ""
    told = passport_of(plan.household, ada.as_actor(), plan, "market:bootstrap")
    facts = [fact for step in told.steps for fact in step.facts]
    assert any("blocks of real history" in value for _, value in facts)
    # the futures are those of these markets, and none of the run's own are told beside them
    assert ("futures", "256") in facts
    assert not {"Futures", "Seed"} & {name for name, _ in told.facts}
    told = passport_of(plan.household, ada.as_actor(), plan, "market:sequences")
    facts = dict(fact for step in told.steps for fact in step.facts)
    assert facts["stretches as long as the plan"] == str(lines["sequences"].stretches)
    assert facts["mean returns"] == "as in history"
    assert not {"seed", "futures", "scrambles"} & set(facts)
    assert {"Futures", "Seed"} <= {
        name for name, _ in passport_of(plan.household, ada.as_actor(), plan, "success").facts
    }
    assert AuditEvent.objects.filter(action="plans.choose_markets").count() == 1
    assert AuditEvent.objects.filter(action="plans.load_market_history").count() == 1
    # the result keeps its markets, and says that the firm has others now
    choose_markets(terms=MarketTerms("log_normal", 12, is_recentred=True), by=paul.as_actor())
    after = plan_overview(plan.household, ada.as_actor(), plan)
    assert (after.market_own.kind, after.market_since) == ("fat_tailed", "by formula: months like a bell curve")
    assert after.market_own.success.value == run.success


def test_blocks_of_history_are_refused_before_there_is_one_and_chosen_after(in_alpha, paul):
    terms = MarketTerms("bootstrap", 24, is_recentred=False)
    with pytest.raises(InvalidInputError) as refused:
        choose_markets(terms=terms, by=paul.as_actor())
    assert refused.value.field == "kind"
    assert not MarketChoice.objects.exists()
    row = load(paul)
    choose_markets(terms=terms, by=paul.as_actor())
    model = chosen_market()
    assert (model.kind, model.history, model.mean_block, model.is_recentred) == ("bootstrap", row.digest, 24, False)
    assert history_named(row.digest).n_months == 1000
    assert history_named("") is None


def test_a_draft_of_older_assumptions_says_what_to_do_and_its_scenario_can_still_be_read(ada, paul):
    with plans.before_tails():
        run = plans.computed(plans.drafted(ada), ada)
        scenario = keep_scenario(plan=run.plan, name="Less", changes={"retirement_spending": 5000.0}, by=ada.as_actor())
    assert [model.kind for model in inputs_of(run).other_markets] == []
    choose_markets(terms=MarketTerms("fat_tailed", 12, is_recentred=True), by=paul.as_actor())
    with pytest.raises(InvalidInputError, match="too little") as refused:
        request_projection(plan=run.plan, by=ada.as_actor())
    assert refused.value.field == "assumptions"
    assert facts_changed(scenario) == ()
    discard_draft(plan=run.plan, reason="Older assumptions", by=ada.as_actor())
    again = plans.computed(draft_plan(household=run.plan.household, by=ada.as_actor()), ada)
    assert inputs_of(again).inputs.simulation.market.kind == "fat_tailed"


def test_stress_tests_live_through_the_markets_of_the_plan(ada, paul, monkeypatch):
    choose_markets(terms=MarketTerms("fat_tailed", 12, is_recentred=True), by=paul.as_actor())
    asked = inputs_of(plans.computed(plans.drafted(ada), ada)).inputs
    lived = []
    monkeypatch.setattr(_explorers, "run_stress_tests", lambda inputs, _cases, cube, **_: lived.append((inputs, cube)))
    _explorers.stress_table(asked, asked.simulation, 100_000.0, plans.silent)
    ((inputs, cube),) = lived
    assert inputs.simulation.market.kind == cube.spec.market.kind == "fat_tailed"


@pytest.mark.parametrize(("terms", "field"), [(("fat", 12), "kind"), (("bootstrap", 0), "mean_block")])
def test_what_cannot_be_is_refused_at_its_field(in_alpha, paul, terms, field):
    with pytest.raises(InvalidInputError) as refused:
        choose_markets(terms=MarketTerms(*terms, is_recentred=True), by=paul.as_actor())
    assert refused.value.field == field


def test_fat_tails_are_refused_where_the_assumptions_state_none(in_alpha, paul, monkeypatch):
    monkeypatch.setattr(written, "assumption_set", lambda _row: simple_assumptions())
    with pytest.raises(InvalidInputError, match="how fat") as refused:
        choose_markets(terms=MarketTerms("fat_tailed", 12, is_recentred=True), by=paul.as_actor())
    assert refused.value.field == "kind"
    load_row = {"first_month": "1930-01-01", "keys": KEYS, "rows": [[0.0] * len(KEYS)] * 120}
    MarketHistory.objects.create(source="Made up", content=load_row, digest="d" * 64, loaded_by="Paul")
    with pytest.raises(InvalidInputError, match="no returns") as refused:
        choose_markets(terms=MarketTerms("bootstrap", 12, is_recentred=True), by=paul.as_actor())
    assert refused.value.field == "kind"
    assert not MarketChoice.objects.exists()


def written_as(change) -> bytes:
    """The made-up history with each value written in another way."""
    head, *lines = table(200).decode().splitlines()
    rows = (line.split(",") for line in lines)
    return "\n".join(
        [head, *(",".join([row[0], *(change(float(value)) for value in row[1:])]) for row in rows)]
    ).encode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n , ,\n", "is empty"),
        (b"\xff\xfem\x00", "no text"),
        (b"PK\x03\x04", "no text"),
        (b"x" * 2_000_001, "2 MB"),
        (table(200).replace(b",", b";"), "not divided by commas"),
        (table(200).partition(b"\n")[2], "not the month"),
        (table(200).replace(b"us_equity", b"us_equty"), "no class “us_equty”"),
        (table(200, (*KEYS, "brl_cash")), "no class “brl_cash”"),
        (table(200, (*KEYS, "cash")), "“cash” comes twice"),
        (table(200, KEYS[1:]), "“us_equity” is missing"),
        (table(200, KEYS[:-1]), "“inflation” is missing"),
        (table(200) + b"\n1946-09,0.1", "Line 202 has 2 columns"),
        (table(200).replace(b"1931-05", b"05/1931"), "Line 18: “05/1931” is no month"),
        (table(200).replace(b"1931-05", b"1931-13"), "no month"),
        (table(200).replace(b"1931-05", b"1931-04"), "1931-04 comes twice"),
        (table(200).replace(b"1931-05", b"1931-06"), "After the month 1931-04 the next one is missing"),
        (table(200).replace(b"1931-05", b"1930-05"), "After the month 1931-04 comes an earlier one"),
        (table(1300), "not over yet"),
        (table(60), "ten years"),
        (written_as(lambda value: "" if value > 0.04 else f"{value:.6f}"), "has no return"),
        (written_as(lambda value: f"{value:.2%}"), "is no number"),
        (table(200).replace(b",0.0", b",nan"), "is no number"),
        (written_as(lambda value: f"{100 * value:.4f}"), "no return that a month can have"),
        (written_as(lambda value: f"{100 + value:.4f}"), "no return that a month can have"),
        (written_as(lambda value: f"{1 + value:.6f}"), "ordinary month changes by 1"),
        (written_as(lambda value: f"{abs(value):.6f}"), "its minus signs are missing"),
    ],
)
def test_a_file_that_is_no_history_is_refused_at_the_file_with_words_that_mend_it(in_alpha, paul, data, words):
    with pytest.raises(InvalidInputError) as refused:
        load_market_history(data=data, source="x", by=paul.as_actor())
    assert refused.value.field == "file"
    told = shown(refused.value)
    assert words in told.message
    assert told.mend
    assert not MarketHistory.objects.exists()


def test_a_byte_mark_blank_lines_days_and_another_order_of_columns_do_no_harm(in_alpha, paul):
    plain = history_in(load(paul))
    turned = []
    for line in table().decode().splitlines():
        month, *rest = line.split(",")
        turned += [",".join([month if month == "month" else f"{month}-28", *reversed(rest)]), ""]
    MarketHistory.objects.all().delete()
    assert history_in(load(paul, "\r\n".join(turned).encode("utf-8-sig"))) == plain


def test_history_has_a_source_and_the_same_one_is_not_loaded_on_top_of_itself(in_alpha, paul):
    with pytest.raises(InvalidInputError) as refused:
        load_market_history(data=table(), source=" ", by=paul.as_actor())
    assert refused.value.field == "source"
    first = load(paul)
    with pytest.raises(InvalidInputError, match="already"):
        load(paul)
    load(paul, table(900))
    # back to the first one
    assert load(paul).digest == first.digest == newest_history().digest
    assert history_named(first.digest).n_months == 1000


def test_what_holds_already_is_not_chosen_again(in_alpha, paul):
    with pytest.raises(InvalidInputError, match="already"):
        choose_markets(terms=MarketTerms("log_normal", 12, is_recentred=True), by=paul.as_actor())
    assert not MarketChoice.objects.exists()


def test_it_is_kept_whole_or_not_at_all(in_alpha, paul, monkeypatch):
    def broken(*_args, **_options):
        raise RuntimeError

    written.assumptions_in_force(day=written.firm_today(), by=paul.as_actor())
    monkeypatch.setattr(written.audit, "record", broken)
    with pytest.raises(RuntimeError):
        load(paul)
    with pytest.raises(RuntimeError):
        choose_markets(terms=MarketTerms("fat_tailed", 12, is_recentred=True), by=paul.as_actor())
    assert not MarketHistory.objects.exists()
    assert not MarketChoice.objects.exists()


def test_a_version_with_a_class_that_the_history_lacks_says_what_to_do(in_alpha, paul):
    model = MarketModel(MarketKind.BOOTSTRAP, load(paul).digest)
    with pytest.raises(InvalidInputError, match="lacks a class") as refused:
        check_markets(simple_assumptions(), model)
    assert refused.value.field == "assumptions"
