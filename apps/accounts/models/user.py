"""People who sign in to one firm: its staff and its clients."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.accounts.models.firm_profile import FirmProfile
from apps.accounts.models.role import LICENSED_ROLES, STAFF_ROLES, Role, permissions_of
from apps.core.actors import Actor, ActorKind, Origin
from apps.core.history import history
from apps.core.models import BaseModel


class UserQuerySet(models.QuerySet["User"]):
    """People by what they are."""

    def active(self) -> UserQuerySet:
        """Return those who may sign in."""
        return self.filter(is_active=True)

    def staff(self) -> UserQuerySet:
        """Return the people of the firm."""
        return self.filter(role__in=STAFF_ROLES)

    def licensed(self) -> UserQuerySet:
        """Return those who can be the second pair of eyes."""
        return self.active().filter(role__in=LICENSED_ROLES)


class UserAccounts(BaseUserManager["User"]):
    """Creates people; Django and allauth ask for this interface."""

    def get_queryset(self) -> UserQuerySet:
        """Return all people of the firm's schema."""
        return UserQuerySet(self.model, using=self._db)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; without a password they can only come in by a confirmed link."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Find by e-mail, whatever its case."""
        return self.get(email__iexact=username or "")


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """A person who signs in to this firm. The same e-mail in another firm is another person."""

    MUTABLE: ClassVar[bool] = True
    PERSONAL_FIELDS: ClassVar[frozenset[str]] = frozenset({"email", "full_name"})
    SECRET_FIELDS: ClassVar[frozenset[str]] = frozenset({"password"})

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=12, choices=Role.choices)
    is_active = models.BooleanField(_("may sign in"), default=True)
    locale = models.CharField(_("language"), max_length=8, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    tours_seen = models.JSONField(default=list, blank=True, verbose_name=_("tours seen"))

    objects = UserAccounts.from_queryset(UserQuerySet)()
    history = history(excluded_fields=["password", "last_login"])

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("full_name", "id")
        constraints = (
            models.UniqueConstraint(
                Lower("email"), name="user_email_once", violation_error_message=_("Somebody has this e-mail already.")
            ),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="user_role_known"),
        )

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def is_staff(self) -> bool:
        """Whether the Django admin may be opened: set-up tables, within what the role may see."""
        return self.is_active and self.role == Role.PRINCIPAL

    @property
    def is_of_staff(self) -> bool:
        """Whether the person works for the firm."""
        return self.role in STAFF_ROLES

    def needs_second_factor(self) -> bool:
        """Whether the firm asks a second factor of the person's role."""
        return self.role in FirmProfile.current().mfa_roles

    def as_actor(self, *, origin: Origin | None = None) -> Actor:
        """Return the person as the one who acts."""
        return Actor(
            kind=ActorKind.PERSON,
            key=f"person:{self.public_id}",
            label=self.full_name or self.email,
            role=self.role,
            permissions=permissions_of(self.role) if self.is_active else frozenset(),
            user_id=self.pk,
            origin=origin or Origin(),
        )
