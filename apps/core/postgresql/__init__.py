"""The database backend (ENGINE = "apps.core.postgresql")."""
