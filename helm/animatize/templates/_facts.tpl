{{/*
What a service is, by name: facts of the product that no value may change. `calls`: whom it calls; `redis`: whether it
keeps results in the shared cache.
*/}}
{{- define "animatize.facts" -}}
gateway:
  port: 50050
  prefix: ANIMATIZE_GATEWAY_
  grpcService: animatize.gateway.v1.GatewayService
  calls: [analyzer, predictor, expander, generator]
  redis: false
analyzer:
  port: 50051
  prefix: ANIMATIZE_ANALYZER_
  grpcService: animatize.analyzer.v1.AnalyzerService
  calls: []
  redis: true
predictor:
  port: 50052
  prefix: ANIMATIZE_PREDICTOR_
  grpcService: animatize.predictor.v1.PredictorService
  calls: []
  redis: false
expander:
  port: 50053
  prefix: ANIMATIZE_EXPANDER_
  grpcService: animatize.expander.v1.ExpanderService
  calls: []
  redis: true
generator:
  port: 50054
  prefix: ANIMATIZE_GENERATOR_
  grpcService: animatize.generator.v1.GeneratorService
  calls: []
  redis: false
{{- end }}

{{/* The port that serves health alone, in plain text, where the gRPC port speaks TLS. */}}
{{- define "animatize.healthPort" -}}50060{{- end }}

{{- define "animatize.metricsPort" -}}9464{{- end }}

{{/*
Fills a context: takes (dict "root" $ "name" "gateway") and sets `service` (the service's values over `defaults`),
`facts`, `component`, `enabled` and `tls` (whether the pods themselves speak TLS) in it. Gives no text.
*/}}
{{- define "animatize.fill" -}}
{{- $values := .root.Values -}}
{{- $_ := set . "service" (mustMergeOverwrite (deepCopy $values.defaults) (deepCopy (index $values.services .name))) -}}
{{- $_ := set . "facts" (index (include "animatize.facts" .root | fromYaml) .name) -}}
{{- $_ := set . "component" .name -}}
{{- $_ := set . "tls" (has $values.tls.mode (list "secret" "certManager")) -}}
{{- end }}

{{/* The names of the services in this release, as a YAML list under `names`. */}}
{{- define "animatize.enabled" -}}
names:
{{- range $name, $_ := .Values.services }}
{{- $context := dict "root" $ "name" $name }}
{{- include "animatize.fill" $context }}
{{- if $context.service.enabled }}
  - {{ $name }}
{{- end }}
{{- end }}
{{- end }}
