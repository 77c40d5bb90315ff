#!/usr/bin/env python3
"""Follows the hash chains of a desk's SQLite file from outside, without any code of the desk: python3 audit-check.py FILE

Each record carries, as the last field of its JSON text, `"chain"`: SHA-256 in base64url of
    <link before it> LF <stream> LF <sequence> LF <its text without the field>
where the first record of a chain follows from the empty text. Prints one line for each stream and ends with 1 when a record does not follow.
"""

import base64
import hashlib
import re
import sqlite3
import sys

LINKED = re.compile(r',"chain":"([\w-]{43})"\}$')


def link_for(before, stream, sequence, text):
    digest = hashlib.sha256(f"{before}\n{stream}\n{sequence}\n{text}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def follow(stream, rows):
    before, began, expected = "", None, 1
    for sequence, body in rows:
        if sequence != expected:
            return f"BROKEN: record {expected} is missing"
        found = LINKED.search(body)
        if found is None and began is not None:
            return f"BROKEN: record {sequence} stands outside of the chain"
        if found is not None:
            if found.group(1) != link_for(before, stream, sequence, body[: found.start()] + "}"):
                return f"BROKEN: record {sequence} does not follow from the one before it"
            before, began = found.group(1), began or sequence
        expected += 1
    since = "no chain" if began is None else f"chained from record {began}"
    return f"{expected - 1} records, {since}, head {expected - 1}:{before[:16]}"


def main(file):
    database = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    broken = False
    for ident, stream in sorted(database.execute("SELECT id, name FROM streams"), key=lambda row: row[1]):
        rows = database.execute("SELECT sequence, body FROM events WHERE stream_id = ? ORDER BY sequence", (ident,))
        verdict = follow(stream, rows)
        broken = broken or verdict.startswith("BROKEN")
        print(f"{stream}: {verdict}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
