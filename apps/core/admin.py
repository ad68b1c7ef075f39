"""The admin, for look-ups: read-only, by permission, within what the reader may see, entered like any other page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# a sign-in of the admin's own would go around the second factor
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


def _to_the_one_password_page(_request: HttpRequest, *_args: Any, **_more: Any) -> HttpResponseBase:
    return redirect(reverse("account_change_password"))


admin.site.password_change = _to_the_one_password_page  # type: ignore[assignment, method-assign]
admin.site.site_header = admin.site.site_title = "Steward"


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows to whoever holds `permission`; every change is made by the pages that call a service."""

    permission = ""
    list_per_page = 50
    show_full_result_count = False

    @admin.display(description=_("created at"), ordering="created_at")
    def created(self, row: Any) -> dt.datetime:
        """Say when the row was made."""
        at: dt.datetime = row.created_at
        return at

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Say whether the app is listed."""
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Ask the actor's role."""
        actor = getattr(request, "actor", None)
        return bool(self.permission) and actor is not None and actor.can(self.permission)

    def has_add_permission(self, request: HttpRequest, *_: Any) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Narrow to what the actor may see, where the rows know it."""
        rows: Any = self.model._default_manager.all()  # noqa: SLF001 - as Django's own admin
        return rows.visible_to(request.actor) if hasattr(rows, "visible_to") else rows  # type: ignore[attr-defined, no-any-return]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:  # noqa: ARG002
        """Leave out what is secret, digests of keys and password hashes among them."""
        return sorted(getattr(self.model, "SECRET_FIELDS", frozenset()))
