"""The fair Python script: keyset paging, MultiFernet.rotate, executemany, WAL, 1,000 rows a transaction.

Usage: rotate.py DATABASE OLD_KEY NEW_KEY COLUMN,... Prints seconds spent on the loop, user and system CPU seconds of
the loop, and peak memory in KiB, as JSON.
"""

import json
import resource
import sqlite3
import sys
import time

from cryptography.fernet import Fernet, MultiFernet

path, old_key, new_key, names = sys.argv[1:5]
columns = names.split(",")
fernet = MultiFernet([Fernet(new_key), Fernet(old_key)])
database = sqlite3.connect(path, isolation_level=None)
database.execute("PRAGMA synchronous = FULL")
select = f"SELECT rowid, {names} FROM cells WHERE rowid > ? ORDER BY rowid LIMIT 1000"
update = f"UPDATE cells SET {', '.join(f'{name} = ?' for name in columns)} WHERE rowid = ?"

before = resource.getrusage(resource.RUSAGE_SELF)
started = time.perf_counter()
last = 0
while True:
    rows = database.execute(select, (last,)).fetchall()
    if not rows:
        break
    rotated = [(*(fernet.rotate(cell).decode() for cell in cells), row_id) for row_id, *cells in rows]
    database.execute("BEGIN IMMEDIATE")
    database.executemany(update, rotated)
    database.execute("COMMIT")
    last = rows[-1][0]
seconds = time.perf_counter() - started
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"seconds": seconds, "cpuSeconds": cpu, "peakKibibytes": after.ru_maxrss}))
