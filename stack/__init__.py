"""All of it on this machine: `make stack` starts it on loopback, `make stack-down` stops it.

PostgreSQL, Valkey, an S3 server, two scoring services behind a balancer, Dask, and Dagster's code
server, webserver and daemon. Each is a file in `programs`; `supervisor` keeps them running. What
runs here is what `compose.yaml` says for elsewhere; nothing of it belongs to the package.
"""
