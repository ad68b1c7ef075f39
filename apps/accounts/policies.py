"""Who may do what. The vocabulary stands beside the rows that hold it; this is where other rooms find it."""

from apps.accounts.models.role import (
    LICENSED_ROLES,
    PERMISSIONS,
    STAFF_ROLES,
    TOURS,
    Permission,
    Role,
    is_client,
    permissions_of,
)

__all__ = ["LICENSED_ROLES", "PERMISSIONS", "STAFF_ROLES", "TOURS", "Permission", "Role", "is_client", "permissions_of"]
