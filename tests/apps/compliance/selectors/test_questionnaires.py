import uuid

import pytest
from django.utils import translation

from apps.compliance.selectors.questionnaires import assessment_for, open_assessments, questionnaire_page
from apps.compliance.services.assessments import save_answer
from apps.kernel.errors import NotFoundError
from tests.factories import compliance as make
from tests.factories.clients import household


@pytest.fixture
def ana(ada, clay):
    return make.adult(household(ada), clay)


def test_a_client_finds_what_waits_for_their_own_answers(ana, ada, clay):
    luis = make.adult(ana.household, relationship="partner")
    own, _other = make.opened(ana, ada), make.opened(luis, ada)
    assert open_assessments(clay.as_actor()) == [own]
    assert open_assessments(ada.as_actor()) == []


def test_a_page_goes_on_where_the_person_left(ana, ada, clay):
    assessment = make.opened(ana, ada)
    assert questionnaire_page(assessment).next_item.number == 1
    saved = save_answer(assessment=assessment, item="self_view", option="c", by=clay.as_actor())
    page = questionnaire_page(saved)
    assert (page.answered, page.next_item.number, page.is_complete) == (1, 2, False)
    assert [option.code for option in page.items[0].options if option.is_chosen] == ["c"]


def test_a_complete_page_has_no_next_question(ana, ada):
    page = questionnaire_page(make.answered(ana, by=ada))
    assert page.is_complete
    assert page.next_item is None
    assert not page.is_open


def test_it_is_read_in_the_readers_language(ana, ada):
    assessment = make.opened(ana, ada)
    with translation.override("pt-br"):
        page = questionnaire_page(assessment)
    assert page.title == "Como você se sente em relação ao risco"
    with translation.override("en-gb"):
        assert questionnaire_page(assessment).title == "How you feel about risk"


def test_every_text_exists_in_both_languages(ana, ada):
    content = make.opened(ana, ada).questionnaire.content
    texts = [content["title"], content["introduction"]]
    texts += [item["text"] for item in content["items"]]
    texts += [option["text"] for item in content["items"] for option in item["options"]]
    assert all(text["en"].strip() and text["pt-br"].strip() for text in texts)
    assert not any("!" in words for text in texts for words in text.values())


def test_a_strangers_assessment_is_not_found(ana, ada, mallory):
    assessment = make.opened(ana, ada)
    for actor, key in ((mallory, assessment.public_id), (ada, uuid.uuid4())):
        with pytest.raises(NotFoundError):
            assessment_for(actor.as_actor(), key)
