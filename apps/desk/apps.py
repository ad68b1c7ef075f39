"""Start-up of desk."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """What staff see across apps."""

    name = "apps.desk"
    label = "desk"
