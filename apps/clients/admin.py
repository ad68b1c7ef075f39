"""Look-ups for operators and principals: read-only, within what the reader may see. Changes go through the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.policies import Permission
from apps.clients.models import Agreement, Document, Household, ImportBatch, Person
from apps.core.access import actor_of


class LookUp(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows rows and changes none."""

    @admin.display(description=_("created at"), ordering="created_at")
    def created(self, row: Any) -> dt.datetime:
        """Say when the row was made."""
        at: dt.datetime = row.created_at
        return at

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Leave out what is secret."""
        return (*(super().get_exclude(request, obj) or ()), *getattr(self.model, "SECRET_FIELDS", ()))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Narrow to what the reader may see."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.visible_to(actor_of(request))  # type: ignore[attr-defined,no-any-return]  # every model here has it

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        """Ask for the permission that the pages ask for."""
        return actor_of(request).can(Permission.VIEW_HOUSEHOLDS)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show the app to the same readers."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        """Nothing is changed here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:  # noqa: ARG002 - Django's
        """Nothing is removed here."""
        return False


@admin.register(Household)
class HouseholdAdmin(LookUp):
    """Households."""

    list_display = ("name", "status", "advisor", "city", "state", "client_since")
    list_filter = ("status", "state")
    search_fields = ("name", "city", "external_id")
    list_select_related = ("advisor",)


@admin.register(Person)
class PersonAdmin(LookUp):
    """People, without their tax numbers."""

    list_display = ("last_name", "first_name", "household", "relationship", "email")
    list_filter = ("relationship",)
    search_fields = ("last_name", "first_name", "email", "external_id")
    list_select_related = ("household",)


@admin.register(Document)
class DocumentAdmin(LookUp):
    """Papers; their content opens on the pages, where each reading is noted."""

    list_display = ("title", "household", "category", "visible_to_client", "created")
    list_filter = ("category", "visible_to_client")
    search_fields = ("title", "household__name")
    list_select_related = ("household",)


@admin.register(Agreement)
class AgreementAdmin(LookUp):
    """Agreements."""

    list_display = ("title", "household", "state", "effective_on", "signed_at")
    list_filter = ("state",)
    search_fields = ("title", "household__name")
    list_select_related = ("household",)


@admin.register(ImportBatch)
class ImportBatchAdmin(LookUp):
    """Imports."""

    list_display = ("filename", "kind", "household", "state", "created_by", "created")
    list_filter = ("kind", "state")
    search_fields = ("filename",)
    list_select_related = ("household",)
    exclude = ("stored_name", "plain_name", "basis", "plain_left_at")
