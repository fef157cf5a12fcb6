"""Connections and their bounds: protocol, hosts, logs, the process that started it."""
