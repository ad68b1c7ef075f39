"""manage.py verify_audit --firm <schema>: is the trail whole? Exit code 0 when it is, 1 when it is not."""

from __future__ import annotations

import sys
from typing import Any

from apps.compliance.services.verifications import verify_trail
from apps.core.actors import Actor
from apps.core.tenancy.commands import FirmCommand


class Command(FirmCommand):
    """Verify the chain of a firm's trail and compare it with the anchors outside the database."""

    help = __doc__ or ""

    def handle_firm(self, firm: Any, *_args: Any, **_options: Any) -> None:
        """Verify, print the verdict, and leave with its exit code."""
        found = verify_trail(by=Actor.system("verify_audit"))
        self.stdout.write(f"Firm     {firm.schema_name}")
        self.stdout.write(f"Events   {found.events}, {found.sealed} sealed")
        self.stdout.write(f"Head     {found.head}")
        self.stdout.write(f"Anchors  {found.anchors} compared")
        for finding in found.findings:
            self.stdout.write(f"Broken   at {finding['sequence']} (event {finding['event']}): {finding['what']}")
        self.stdout.write("INTACT" if found.is_intact else f"NOT INTACT: {len(found.findings)} findings")
        if not found.is_intact:
            sys.exit(1)
