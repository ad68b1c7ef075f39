"""Pages of lists."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """Cursor pages: stable while rows are added, the same cost for the last page as for the first."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    ordering = "-id"
