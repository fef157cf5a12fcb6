"""Another version scores what was decided, in a process of its own that follows the record.

Nothing of it lies on the way of an answer: the service writes its record as ever, and this process
reads it on, scores each decision's features by the shadow, and adds what it would have decided.
"""
