"""What watches the mesh, as code: objectives, Prometheus rules, Grafana dashboards and the list of all telemetry.

`python -m observability` writes what is generated, `python -m observability --check` says what is stale. Nothing here
is part of a service: it reads the services' own names, so that a rule or a dashboard cannot ask for what nobody emits.
"""
