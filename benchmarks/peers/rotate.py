"""The fair Python script: keyset paging, MultiFernet.rotate, executemany, WAL, 1,000 rows a transaction.

Prints seconds spent on the loop, user and system CPU seconds of the loop, and peak memory in KiB, as JSON.
"""

import json
import resource
import sqlite3
import sys
import time

from cryptography.fernet import Fernet, MultiFernet

path, old_key, new_key = sys.argv[1:4]
fernet = MultiFernet([Fernet(new_key), Fernet(old_key)])
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA synchronous = FULL")

before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
last = 0
while True:
    rows = database.execute(
        "SELECT id, cell FROM cells WHERE id > ? ORDER BY id LIMIT 1000", (last,)
    ).fetchall()
    if not rows:
        break
    rotated = [(fernet.rotate(cell).decode(), row_id) for row_id, cell in rows]
    database.execute("BEGIN IMMEDIATE")
    database.executemany("UPDATE cells SET cell = ? WHERE id = ?", rotated)
    database.execute("COMMIT")
    last = rows[-1][0]
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakKibibytes": after.ru_maxrss}))
