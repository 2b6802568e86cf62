{{/* The pods whose telemetry the Jaeger of this release takes: the collector's, or without one the services'. */}}
{{- define "animatize.otelSenders" -}}
{{- if .Values.collector.enabled }}
- {{ include "animatize.peer" (dict "root" . "component" "collector") | nindent 2 | trim }}
{{- else }}
{{- include "animatize.servicePeers" . }}
{{- end }}
{{- end }}

{{- define "animatize.servicePeers" -}}
{{- range (include "animatize.enabled" . | fromYaml).names }}
- {{ include "animatize.peer" (dict "root" $ "component" .) | nindent 2 | trim }}
{{- end }}
{{- end }}

{{/* Settings of the evaluation Jaeger: traces in bounded memory, metrics taken and dropped, no assistant. */}}
{{- define "animatize.jaegerSettings" -}}
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces:
      receivers: [otlp]
      processors: [batch]
      exporters: [jaeger_storage_exporter]
    # Services send metrics to the same address; Prometheus has them from their own pages.
    metrics:
      receivers: [otlp]
      exporters: [nop]
  telemetry:
    resource: {service.name: jaeger}
    metrics:
      level: basic
      readers:
        - pull: {exporter: {prometheus: {host: 0.0.0.0, port: 8888}}}
    logs: {level: warn}
extensions:
  healthcheckv2:
    use_v2: true
    http: {endpoint: "0.0.0.0:13133"}
  jaeger_query:
    storage: {traces: memory}
    http: {endpoint: "0.0.0.0:16686"}
    grpc: {endpoint: "0.0.0.0:16685"}
  jaeger_storage:
    backends:
      memory:
        memory: {max_traces: {{ int .Values.jaeger.maxTraces }}}
receivers:
  otlp:
    protocols:
      grpc: {endpoint: "0.0.0.0:4317"}
      http: {endpoint: "0.0.0.0:4318"}
processors:
  batch: {}
exporters:
  jaeger_storage_exporter: {trace_storage: memory}
  nop: {}
{{- end }}
