"""report.json: each section in a module of its own, `whole` puts them together."""
