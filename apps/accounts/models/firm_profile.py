"""What a firm says of itself inside its own schema: name, brand, rules that every page and paper follow."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.core.history import history
from apps.core.models import BaseModel
from apps.kernel.flows import FlowTiming
from apps.kernel.money import RoundingRule


class FirmProfile(BaseModel):
    """The one profile of the firm (one row)."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset()

    legal_name = models.CharField(_("legal name"), max_length=200)
    display_name = models.CharField(_("name clients see"), max_length=120)
    registration_kind = models.CharField(_("registered with"), max_length=10, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=2, blank=True)
    website = models.URLField(_("website"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True)
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#0f5c4a",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Give the colour as # and six digits, such as #0f5c4a."))],
    )
    logo = models.FileField(_("logo"), upload_to="brand", blank=True)
    disclosures = models.TextField(_("disclosures"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="America/New_York")
    locale = models.CharField(_("language"), max_length=8, default="en")
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    rounding = models.CharField(
        _("half a cent is rounded"),
        max_length=10,
        choices=[(RoundingRule.HALF_UP, _("up")), (RoundingRule.HALF_EVEN, _("to the even cent"))],
        default=RoundingRule.HALF_UP,
    )
    mfa_roles = models.JSONField(_("roles that need a second factor"), default=list, blank=True)
    self_review_minutes = models.PositiveSmallIntegerField(_("minutes a self-review takes at least"), default=5)
    price_band = models.DecimalField(
        _("step of a price that a second person approves"),
        max_digits=5,
        decimal_places=4,
        default=Decimal("0.25"),
        validators=[MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(5))],
    )
    # days after which a value is old: what an exchange prices, what only files price, private funds, all other by hand
    price_age_listed = models.PositiveSmallIntegerField(
        _("a listed price is old after days"), default=5, validators=[MinValueValidator(1)]
    )
    price_age_unlisted = models.PositiveSmallIntegerField(
        _("a price from files is old after days"), default=35, validators=[MinValueValidator(1)]
    )
    price_age_fund = models.PositiveSmallIntegerField(
        _("a fund's statement is old after days"), default=120, validators=[MinValueValidator(1)]
    )
    price_age_property = models.PositiveSmallIntegerField(
        _("an appraisal is old after days"), default=400, validators=[MinValueValidator(1)]
    )
    flow_timing = models.CharField(
        _("in returns, money counts"),
        max_length=16,
        choices=[
            (FlowTiming.IN_START_OUT_END, _("in from the morning, out until the evening of its day")),
            (FlowTiming.END_OF_DAY, _("from the evening of its day")),
            (FlowTiming.START_OF_DAY, _("from the morning of its day")),
        ],
        default=FlowTiming.IN_START_OUT_END,
    )
    setup_done = models.JSONField(default=list, blank=True, verbose_name=_("set-up done"))

    history = history()

    class Meta:
        verbose_name = _("firm profile")
        verbose_name_plural = _("firm profiles")
        constraints = (
            # one row: its key is always 1
            models.CheckConstraint(condition=models.Q(id=1), name="one_firm_profile"),
        )

    def __str__(self) -> str:
        return self.display_name

    @classmethod
    def current(cls) -> FirmProfile:
        """Return the firm's profile; provisioning has written it."""
        return cls.objects.get(pk=1)
