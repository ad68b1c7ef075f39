from apps.kernel.errors import DomainError, gettext_noop


def test_a_refusal_says_what_is_wrong_and_how_to_mend_it():
    error = DomainError(gettext_noop("%(name)s is closed."), mend=gettext_noop("Reopen %(name)s."), name="The run")
    assert str(error) == "The run is closed. Reopen The run."
    assert error.code == "domain_error"
