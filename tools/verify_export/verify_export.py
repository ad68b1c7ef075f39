#!/usr/bin/env python3
"""Check an audit export of Steward without Steward: python3 verify_export.py EXPORT (the zip, or its unpacked folder).

It checks that
  1. every file has the SHA-256 that the manifest gives;
  2. every event's hash is sha256(prev + text);
  3. the chain has no gap: in a full export from event to event, in a part by links.jsonl, which holds every link of the
     whole chain without its text, and in which every exported event must stand at its place;
  4. the chain ends at the head that the manifest names, and passes through every anchor that the manifest lists.

What it cannot know is whether the manifest is the firm's: compare the manifest's SHA-256 or the head with what the
firm told by another way (the trail's own page, an anchor file): --expect-manifest, --expect-head.

Exit code 0: verified. 1: not verified. 2: this is no export.
Needs Python 3.8 or later, nothing else. Licence: AGPL-3.0-or-later.
"""

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path

FORMAT = "steward-audit-export/1"
GENESIS = "0" * 64
MOST = 20


class NotAnExportError(Exception):
    """What was given cannot be read as an export."""


class Export:
    """The files of an export, in a zip or a folder."""

    def __init__(self, path):
        self.path = Path(path)
        if self.path.is_dir():
            self.zip = None
        elif self.path.is_file() and zipfile.is_zipfile(self.path):
            self.zip = zipfile.ZipFile(self.path)
        else:
            raise NotAnExportError(f"{path} is neither a zip nor a folder")

    def has(self, name):
        """Say whether the file is there."""
        return name in self.zip.namelist() if self.zip else (self.path / name).is_file()

    def open(self, name):
        """Open a file for reading bytes."""
        return self.zip.open(name) if self.zip else (self.path / name).open("rb")

    def read(self, name):
        """Return a whole file."""
        with self.open(name) as handle:
            return handle.read()


def digest_of(export, name):
    """Return the SHA-256 and size of a file."""
    digest, size = hashlib.sha256(), 0
    with export.open(name) as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def lines_of(export, name, findings):
    """Read a file of JSON lines; a line that is none is a finding."""
    with export.open(name) as handle:
        for number, raw in enumerate(handle, 1):
            try:
                row = json.loads(raw)
                yield int(row["sequence"]), str(row["prev"]), str(row["hash"]), row.get("text")
            except (ValueError, KeyError, TypeError) as broken:
                findings.append(f"{name} line {number} cannot be read: {broken}")


def check_files(export, manifest, findings):
    """Compare every file with the manifest, which has to name those that the chain is read from."""
    named = {entry["name"] for entry in manifest["files"]}
    needed = {"events.jsonl"} if manifest["scope"]["kind"] == "full" else {"events.jsonl", "links.jsonl"}
    findings += [f"the manifest does not name {name}" for name in sorted(needed - named)]
    for entry in manifest["files"]:
        name = entry["name"]
        if not export.has(name):
            findings.append(f"{name} is missing")
            continue
        digest, size = digest_of(export, name)
        if digest != entry["sha256"] or size != entry["size"]:
            findings.append(f"{name} is not the file that the manifest describes")


def check_events(export, findings):
    """Recompute the hash of every event; return {sequence: (prev, hash)} in order."""
    seen, last = {}, 0
    for sequence, prev, digest, text in lines_of(export, "events.jsonl", findings):
        if hashlib.sha256((prev + str(text)).encode("utf-8")).hexdigest() != digest:
            findings.append(f"event {sequence} was changed: its hash does not fit its text")
        if sequence <= last:
            findings.append(f"event {sequence} stands twice or out of order")
        seen[sequence], last = (prev, digest), sequence
    return seen


def check_chain(links, head, findings):
    """Follow the chain from its first link to the head without a gap."""
    before, last = GENESIS, 0
    for sequence, (prev, digest) in links.items():
        if sequence != last + 1:
            findings.append(f"links {last + 1} to {sequence - 1} are missing")
        elif prev != before:
            findings.append(f"link {sequence} does not follow the link before it")
        before, last = digest, sequence
    if (last, before) != (head["head_sequence"], head["head_hash"]):
        findings.append(
            f"the chain ends at {last}, the manifest says at {head['head_sequence']} with another hash or place"
        )


def check_part(export, events, findings):
    """Read the links of the whole chain and find every event at its place in them."""
    links = {}
    if not export.has("links.jsonl"):
        return links
    for sequence, prev, digest, _text in lines_of(export, "links.jsonl", findings):
        links[sequence] = (prev, digest)
    for sequence, link in events.items():
        if links.get(sequence) != link:
            findings.append(f"event {sequence} does not stand at its place in the chain")
    return links


def verify(export, expect_manifest="", expect_head=""):
    """Return (manifest, its digest, findings)."""
    if not export.has("manifest.json"):
        raise NotAnExportError("there is no manifest.json")
    raw = export.read("manifest.json")
    manifest_digest = hashlib.sha256(raw).hexdigest()
    try:
        manifest = json.loads(raw)
        chain = manifest["chain"]
        known = manifest["format"] == FORMAT and {"files", "scope", "anchors"} <= set(manifest)
    except (ValueError, KeyError, TypeError) as broken:
        raise NotAnExportError(f"manifest.json cannot be read: {broken}") from broken
    if not known:
        raise NotAnExportError("manifest.json is of another format")
    findings = []
    if expect_manifest and expect_manifest != manifest_digest:
        findings.append("the manifest is not the expected one")
    if expect_head and expect_head != chain["head_hash"]:
        findings.append("the head is not the expected one")
    check_files(export, manifest, findings)
    if not export.has("events.jsonl"):
        return manifest, manifest_digest, [*findings, "there are no events"]
    events = check_events(export, findings)
    if len(events) != chain["events_in_export"]:
        findings.append(f"{len(events)} events, the manifest says {chain['events_in_export']}")
    links = events if manifest["scope"]["kind"] == "full" else check_part(export, events, findings)
    check_chain(links, chain, findings)
    findings += [
        f"the chain does not pass through the anchor of {anchor['at']}"
        for anchor in manifest["anchors"]
        if links.get(anchor["sequence"], ("", ""))[1] != anchor["hash"]
    ]
    return manifest, manifest_digest, findings


def main(arguments=None):
    """Check what the command line names, print the verdict, return the exit code."""
    parser = argparse.ArgumentParser(description="Check an audit export of Steward without Steward.")
    parser.add_argument("export", help="the zip, or the folder it was unpacked to")
    parser.add_argument("--expect-manifest", default="", metavar="SHA256", help="SHA-256 that the manifest must have")
    parser.add_argument("--expect-head", default="", metavar="HASH", help="hash that the chain must end with")
    asked = parser.parse_args(arguments)
    try:
        manifest, digest, findings = verify(Export(asked.export), asked.expect_manifest, asked.expect_head)
    except (NotAnExportError, OSError, zipfile.BadZipFile, KeyError, TypeError) as broken:
        print(f"NO EXPORT: {broken}", file=sys.stderr)
        return 2
    chain, scope = manifest["chain"], manifest["scope"]
    print(f"Firm      {manifest['firm']['name']}")
    filters = json.dumps(scope["filters"], ensure_ascii=False) if scope["filters"] else ""
    print(f"Scope     {scope['kind']} {filters}".rstrip())
    print(f"Events    {chain['events_in_export']} of {chain['events_in_chain']} in the chain")
    print(f"Head      {chain['head_sequence']} {chain['head_hash']}")
    print(f"Anchors   {len(manifest['anchors'])}")
    print(f"Manifest  {digest}")
    for finding in findings[:MOST]:
        print(f"Broken    {finding}")
    if len(findings) > MOST:
        print(f"Broken    and {len(findings) - MOST} more")
    print(f"NOT VERIFIED: {len(findings)} findings" if findings else "VERIFIED")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
