from apps.plans.selectors.mix_pages import mix_page
from apps.plans.services.mixes import choose_mix
from tests.factories import clients, plans


def test_a_household_without_a_plan_or_a_result_has_a_page_without_mixes(ada):
    bare = mix_page(clients.household(ada), ada.as_actor())
    assert (bare.plan, bare.part, bare.chart, bare.is_open) == (None, None, None, False)
    draft = plans.drafted(ada, plans.household_with_facts(ada, name="Stone"))
    page = mix_page(draft.household, ada.as_actor())
    assert (page.plan, page.overview, page.part) == (draft, None, None)
    assert page.is_open


def test_the_page_names_the_choice_at_once_and_counts_on_it_after_the_next_run(ada):
    plan = plans.drafted(ada, plans.invested_household(ada))
    plans.computed(plan, ada)
    choose_mix(plan=plan, kind="robust", by=ada.as_actor())
    page = mix_page(plan.household, ada.as_actor())
    assert (page.chosen, page.chosen_name) == ("robust", "Robust")
    assert page.overview.is_outdated
    assert [line.kind for line in page.part.lines if line.is_counted_on] == ["present"]
    plans.computed(plan, ada)
    page = mix_page(plan.household, ada.as_actor())
    assert not page.overview.is_outdated
    assert [line.kind for line in page.part.lines if line.is_counted_on] == ["robust"]
