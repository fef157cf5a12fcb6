"""The shadow beside what serves: which is better, and what follows for one that waits in it."""
