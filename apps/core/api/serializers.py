"""Resources of the core that several areas of the API answer with."""

from __future__ import annotations

from rest_framework import serializers

from apps.core.models import Job


class JobOut(serializers.ModelSerializer):  # type: ignore[type-arg]
    """Long work: how far it is, and what it says when it failed."""

    id = serializers.UUIDField(source="public_id")
    url = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ("id", "name", "state", "percent", "step", "error", "created_at", "finished_at", "url")

    def get_url(self, job: Job) -> str:
        """Where the job is read again."""
        return f"/api/jobs/{job.public_id}"
