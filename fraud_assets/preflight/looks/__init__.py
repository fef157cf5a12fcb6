"""One look a module: `CODE`, and `faults(place)` that yields a sentence for each fault."""
