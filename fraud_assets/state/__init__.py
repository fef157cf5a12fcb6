"""What the service remembers of payments, so that the next one's features can be derived at once.

For each entity the payments that the longest window can reach, when its first and its last were
made, and which are known frauds; for each payment its id and what was answered. Kept in LMDB on
one host, in Redis or Valkey for several, in memory for tests: all behind one `Adapter`, in whose
transactions everything here is written. Not here: how a raw payment is read (`payments`).
"""
