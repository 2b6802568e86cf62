"""Fetches a page and prints its text as a JSON string: `python page.py URL`."""

from __future__ import annotations

import json
import sys
import urllib.request

if __name__ == "__main__":
    with urllib.request.urlopen(sys.argv[1], timeout=10) as answer:
        print(json.dumps(answer.read().decode()))
