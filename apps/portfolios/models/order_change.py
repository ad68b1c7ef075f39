"""What was asked of an order in the market: cancel its rest, or another quantity or limit; and what came of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.models import BaseModel
from apps.portfolios.models.order import BlockOrder

# the kind of approval that stands before a price nobody cleared
ORDER_CHANGE_REVIEW = "portfolios.order_change"


class ChangeKind(models.TextChoices):
    """What is asked."""

    CANCEL = "cancel", _("Cancel the rest")
    REPLACE = "replace", _("Change quantity or price")


class ChangeState(models.TextChoices):
    """How far it is."""

    CHECKING = "checking", _("At compliance")
    ASKED = "asked", _("Asked")
    PENDING = "pending", _("Taken up by the broker")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


OPEN_CHANGE_STATES = (ChangeState.CHECKING, ChangeState.ASKED, ChangeState.PENDING)


class OrderChangeQuerySet(models.QuerySet["OrderChange"]):
    """Changes by whether they are answered."""

    def open(self) -> OrderChangeQuerySet:
        """Return those without an answer."""
        return self.filter(state__in=OPEN_CHANGE_STATES)


class OrderChange(BaseModel):
    """A change that was asked of an order: the order stays as it is until the broker says that it is changed."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"asked_label", "reason", "answer"})

    order = models.ForeignKey(BlockOrder, models.PROTECT, related_name="changes")
    kind = models.CharField(_("what is asked"), max_length=8, choices=ChangeKind.choices)
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    quantity = models.DecimalField(_("quantity"), max_digits=20, decimal_places=8)
    limit_price = models.DecimalField(_("limit price"), max_digits=18, decimal_places=6, null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=ChangeState.choices, default=ChangeState.ASKED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    asked_label = models.CharField(_("asked by"), max_length=200)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = OrderChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of an order")
        verbose_name_plural = _("changes of orders")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(state__in=OPEN_CHANGE_STATES), name="order_change_open_once"
            ),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="order_change_quantity_positive"),
            models.CheckConstraint(condition=models.Q(state__in=ChangeState.values), name="order_change_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.order}: {self.get_kind_display()}"

    def approval_payload(self) -> dict[str, Any]:
        """Return what is approved: which order becomes what."""
        limit = f"{self.limit_price.normalize():f}" if self.limit_price is not None else None
        return {"order": self.order.reference, "quantity": f"{self.quantity.normalize():f}", "limit_price": limit}

    def get_absolute_url(self) -> str:
        """Return the page of its order."""
        return self.order.get_absolute_url()
