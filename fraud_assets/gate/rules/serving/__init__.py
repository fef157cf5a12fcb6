"""Rules on serving: what answers requests is the judged model, and is fast."""
