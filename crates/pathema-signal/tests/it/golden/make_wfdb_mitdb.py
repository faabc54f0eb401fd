"""What Python's wfdb (4.3.1) reads of MIT-BIH record 100: hashes and counts, from which nothing can be rebuilt.

    python make_wfdb_mitdb.py FOLDER > wfdb/mitdb_100.txt

FOLDER holds 100.hea, 100.dat and 100.atr. A line for each signal: name, number of samples, their sum, SHA-256 of them as
16-bit little-endian integers, and of the physical values as 64-bit little-endian floats. Then one for the annotations: number, SHA-256 of a line `sample symbol subtype
channel num aux` for each, and the beats of each kind.
"""

import collections
import hashlib
import os
import sys

import wfdb

path = os.path.join(sys.argv[1], "100")
record, physical = wfdb.rdrecord(path, physical=False), wfdb.rdrecord(path)
for index, name in enumerate(record.sig_name):
    values, units = record.d_signal[:, index].astype("<i2"), physical.p_signal[:, index].astype("<f8")
    print(name, len(values), int(values.astype("int64").sum()), hashlib.sha256(values.tobytes()).hexdigest(),
          hashlib.sha256(units.tobytes()).hexdigest())
marks = wfdb.rdann(path, "atr")
rows = zip(marks.sample, marks.symbol, marks.subtype, marks.chan, marks.num, marks.aux_note)
listing = "".join("%d %s %d %d %d %s\n" % row for row in rows)
kinds = collections.Counter(marks.symbol)
print("annotations", len(marks.sample), hashlib.sha256(listing.encode("latin-1")).hexdigest(),
      " ".join(f"{symbol}:{count}" for symbol, count in sorted(kinds.items())))
