"""The connection of this thread, as our own backend makes it.

Django types it by its base class, which knows no schemas.
"""

from typing import Any

from django.db import connection as _connection

connection: Any = _connection
