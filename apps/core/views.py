"""Bases of pages that call one service."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.generic import FormView, TemplateView, View

from apps.core.access import RequiresMixin, actor_of
from apps.core.actors import Actor
from apps.core.errors import shown
from apps.core.once import SentBeforeError, do_once, refuse_second
from apps.core.passports import Passport
from apps.kernel.errors import DomainError, NotFoundError


class ServiceFormView(RequiresMixin, FormView):  # type: ignore[type-arg]
    """A form whose valid content goes to one service.

    A subclass declares `permission`, `template_name`, `form_class` and `perform`; a refusal of the service stands
    beside the field at fault (or above the form), what was typed stays, and the status says that it failed. A form that
    comes twice does its work once (`apps.core.once`).
    """

    def perform(self, form: Any, by: Actor) -> str:
        """Call the service; return the address to go to."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go where the form went if this very one was sent already."""
        try:
            refuse_second(request)
        except SentBeforeError as before:
            return _gone_there(request, before)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Hand the clean content to the service, once."""
        try:
            return redirect(do_once(self.request, lambda: self.perform(form, actor_of(self.request))))
        except SentBeforeError as before:
            return self.form_sent_before(form, before)
        except DomainError as refused:
            told = shown(refused)
            form.add_error(told.field if told.field in form.fields else None, told.sentence)
            return self.form_invalid(form, status=told.status)

    def form_sent_before(self, form: BaseForm, before: SentBeforeError) -> HttpResponse:
        """Go where the form went; one that says something else now stays, to be read and sent as a new one."""
        if before.says_the_same:
            return _gone_there(self.request, before)
        link = format_html('<a href="{}">{}</a>', before.target, gettext("Look at what was saved."))
        told = gettext("This form was sent already with other words. What it says now is not saved.")
        form.add_error(None, format_html("{} {}", told, link))
        form.add_error(None, gettext("If you want this as well, send it once more."))
        return self.form_invalid(form, status=409)

    def form_invalid(self, form: BaseForm, status: int = 422) -> HttpResponse:
        """Show the form again with what is wrong."""
        return self.render_to_response(self.get_context_data(form=form), status=status)


class ActionView(RequiresMixin, View):
    """A button: POST calls one service and goes back with a sentence about what happened."""

    http_method_names = ["post", "options"]
    success_message: str | Promise = ""

    def perform(self, request: HttpRequest, by: Actor) -> str:
        """Call the service; return the address to go to, or an empty string to go back."""
        raise NotImplementedError(f"{type(self).__name__} must say which service it calls.")

    def post(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponseBase:
        """Do it once; a refusal becomes a message on the page the person came from, what is not there a 404."""
        try:
            target = do_once(request, lambda: self.perform(request, actor_of(request)))
        except SentBeforeError as before:
            return _gone_there(request, before)
        except NotFoundError:
            raise
        except DomainError as refused:
            messages.error(request, shown(refused).sentence)
            return redirect(back_to(request))
        if self.success_message:
            messages.success(request, str(self.success_message))
        return redirect(target or back_to(request))


def _gone_there(request: HttpRequest, before: SentBeforeError) -> HttpResponse:
    """Go where the first one went, and say why nothing was done again."""
    messages.info(request, gettext("This was sent twice and done once. To do it again, use this page as it is now."))
    return redirect(before.target or back_to(request))


def back_to(request: HttpRequest, otherwise: str = "/") -> str:
    """Return the page the person came from, if it is one of ours."""
    referer = request.headers.get("referer", "")
    own = url_has_allowed_host_and_scheme(referer, {request.get_host()}, require_https=request.is_secure())
    return referer if own else otherwise


class PassportPage(TemplateView):
    """Where a figure comes from: in the side panel, or as a page of its own. A subclass finds it for who asks."""

    def find(self, actor: Actor) -> tuple[Passport, str]:
        """Return the passport and the page to go back to. Raises NotFoundError."""
        raise NotImplementedError(f"{type(self).__name__} must say what its figures are.")

    def get_template_names(self) -> list[str]:
        """Answer htmx with the panel alone."""
        return [f"staff/{'passport_panel' if self.request.headers.get('hx-request') else 'passport'}.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Put the passport into the panel."""
        passport, back = self.find(actor_of(self.request))
        return super().get_context_data(passport=passport, back_url=back, **kwargs)


class PassportView(RequiresMixin, PassportPage):
    """A passport for those who have a permission."""
