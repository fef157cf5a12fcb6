"""Records with a signature of their own: moves, removals, namings, successions, checkpoints."""
