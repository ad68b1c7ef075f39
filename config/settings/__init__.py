"""The settings of one process. With them comes the queue: tasks find their app wherever Django runs."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
