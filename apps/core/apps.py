"""Start-up of the core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The one app that knows schemas, queue and sockets."""

    name = "apps.core"
    label = "core"

    def ready(self) -> None:
        """Give each schema its own cache of content types."""
        from apps.core.tenancy.process_caches import keep_content_types_per_schema

        keep_content_types_per_schema()
