"""Records that bear a signature of their own: moves, removals, successions, checkpoints."""
