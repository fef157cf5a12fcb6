"""The whole stack at work: weeks launched in the UI, payments all the while, everything harmed.

`python -m benchmarks.stack` starts a stack of its own on free ports, has a first week materialized
by a click in Chromium, and then, while payments and labels are posted through the balancer without
pause, launches the next week from the Launchpad and harms one program after the other: a service
is killed, PostgreSQL restarted amid the run, the run's own process killed, Valkey and the S3 server
restarted and killed, a worker of Dask killed, webserver and daemon restarted. At the end no request
failed, no run was lost, one version was promoted, the webhook was told of the lost worker, every
acknowledged payment is on record once, and no password is in what anybody sees. Exits with 1 where
one of it is not so.
"""
