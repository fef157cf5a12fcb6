"""A store of objects: what its client must do, its ledgers of lines, trees in the making."""
