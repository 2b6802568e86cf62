"""Tries to open connections and prints the names of the places that answered, as JSON.

`python reach.py NAME=HOST:PORT…`. A refusal counts as not reached; so does a name that cannot be looked up.
"""

from __future__ import annotations

import json
import socket
import sys
from concurrent.futures import ThreadPoolExecutor

#: Seconds for one attempt: a dropped packet is sent again after one and three seconds.
PATIENCE_S = 5


def answers(place: str) -> bool:
    """Whether a connection to `host:port` opens."""
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=PATIENCE_S).close()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    places = dict(word.split("=", 1) for word in sys.argv[1:])
    with ThreadPoolExecutor(max_workers=32) as threads:
        found = dict(zip(places, threads.map(answers, places.values()), strict=True))
    print(json.dumps([name for name, open_ in found.items() if open_]))
