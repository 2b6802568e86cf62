{{/* The settings file of a service, from its filled context. What the chart decides wins over `config`. */}}
{{- define "animatize.settings" -}}
{{- $values := .root.Values -}}
{{- $service := .service -}}
{{- $settings := deepCopy (default dict $service.config) -}}
{{- $_ := set $settings "port" .facts.port -}}
{{- if $service.metrics }}{{ $_ := set $settings "metrics_port" (include "animatize.metricsPort" . | int) }}{{ end -}}
{{- $_ := set $settings "log_level" $service.logLevel -}}
{{- $_ := set $settings "environment" $service.environment -}}
{{- $_ := set $settings "reflection" $service.reflection -}}
{{- $_ := set $settings "drain_pause_s" $service.drain.pauseSeconds -}}
{{- $_ := set $settings "grace_s" $service.drain.graceSeconds -}}
{{- with include "animatize.otelEndpoint" .root }}{{ $_ := set $settings "otlp_endpoint" . }}{{ end -}}
{{- if include "animatize.otelHeaders" .root }}{{ $_ := set $settings "otlp_headers_file" "/etc/animatize/secrets/otlp-headers" }}{{ end -}}
{{- $_ := set $settings "connection_age_s" (ternary $service.connectionAgeSeconds (max 3600 $service.connectionAgeSeconds) (eq $values.mesh.enabled "none")) -}}
{{- if .facts.redis }}{{ $_ := mustMergeOverwrite $settings (include "animatize.redisSettings" .root | fromYaml) }}{{ end -}}
{{- if .tls -}}
{{- $_ := set $settings "health_port" (include "animatize.healthPort" . | int) -}}
{{- $_ := set $settings "tls_certificate" "/etc/animatize/tls/tls.crt" -}}
{{- $_ := set $settings "tls_key" "/etc/animatize/tls/tls.key" -}}
{{- $_ := set $settings "tls_authorities" "/etc/animatize/tls/ca.crt" -}}
{{- $_ := set $settings "tls_require_client" (or (ne .name "gateway") $values.tls.requireClientCertificate) -}}
{{- end -}}
{{- if .facts.calls -}}
{{- range .facts.calls }}{{ $_ := set $settings (printf "%s_target" .) (include "animatize.target" (dict "root" $.root "name" .)) }}{{ end -}}
{{- if ne $values.mesh.enabled "none" }}{{ $_ := set $settings "services_balancing" "pick_first" }}{{ end -}}
{{- if .tls -}}
{{- $_ := set $settings "services_tls" true -}}
{{- $_ := set $settings "services_tls_authorities" "/etc/animatize/tls/ca.crt" -}}
{{- $_ := set $settings "services_tls_certificate" "/etc/animatize/tls/tls.crt" -}}
{{- $_ := set $settings "services_tls_key" "/etc/animatize/tls/tls.key" -}}
{{- end -}}
{{- end -}}
{{- toYaml $settings -}}
{{- end }}

{{/*
Where a service is dialled: the addresses of its pods, so that the client spreads calls over them and leaves those that
drain; behind a mesh its ClusterIP, because the sidecar does both. Elsewhere, if `endpoints` says so.
*/}}
{{- define "animatize.target" -}}
{{- $elsewhere := index .root.Values.endpoints .name -}}
{{- if $elsewhere -}}
{{- ternary $elsewhere (printf "dns:///%s" $elsewhere) (contains "://" $elsewhere) -}}
{{- else -}}
{{- $facts := index (include "animatize.facts" .root | fromYaml) .name -}}
{{- $host := printf "%s-%s" (include "animatize.fullname" .root) .name -}}
{{- if eq .root.Values.mesh.enabled "none" }}{{ $host = printf "%s-headless" $host }}{{ end -}}
{{- printf "dns:///%s:%d" (include "animatize.dnsName" (dict "root" .root "host" $host)) (int $facts.port) -}}
{{- end -}}
{{- end }}

{{/* Settings for the shared cache. */}}
{{- define "animatize.redisSettings" -}}
{{- $redis := .Values.redis -}}
{{- if eq $redis.mode "embedded" -}}
{{- $host := printf "%s-redis" (include "animatize.fullname" .) }}
redis_url: redis://{{ include "animatize.dnsName" (dict "root" . "host" $host) }}:6379/0
{{- if $redis.embedded.auth.existingSecret }}
redis_username: {{ $redis.embedded.auth.username | quote }}
redis_password_file: /etc/animatize/secrets/redis-password
{{- end }}
{{- else if eq $redis.mode "external" }}
{{- with $redis.external }}
redis_mode: {{ .mode }}
{{- if .urlKey }}
redis_url_file: /etc/animatize/secrets/redis-url
{{- else }}
redis_url: {{ .url | quote }}
{{- end }}
{{- if eq .mode "sentinel" }}
redis_sentinel_master: {{ .sentinelMaster | quote }}
{{- end }}
{{- with .username }}
redis_username: {{ . | quote }}
{{- end }}
{{- if and .existingSecret .passwordKey (not .urlKey) }}
redis_password_file: /etc/animatize/secrets/redis-password
{{- end }}
{{- if .authoritiesSecret }}
redis_tls_authorities: /etc/animatize/redis-tls/ca.crt
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Address of the collector: the one that was named, or the one of this release. Empty means none. */}}
{{- define "animatize.otelEndpoint" -}}
{{- if .Values.otel.endpoint -}}
{{- .Values.otel.endpoint -}}
{{- else if .Values.collector.enabled -}}
http://{{ include "animatize.dnsName" (dict "root" . "host" (printf "%s-collector" (include "animatize.fullname" .))) }}:4317
{{- else if .Values.jaeger.enabled -}}
http://{{ include "animatize.dnsName" (dict "root" . "host" (printf "%s-jaeger" (include "animatize.fullname" .))) }}:4317
{{- end -}}
{{- end }}

{{/* Name of the Secret with headers for the collector; empty means none. */}}
{{- define "animatize.otelHeaders" -}}
{{- if .Values.otel.endpoint }}{{ .Values.otel.headers.existingSecret }}{{ end -}}
{{- end }}

{{/* The secrets that a service reads, as sources of a projected volume. */}}
{{- define "animatize.secretSources" -}}
{{- $redis := .root.Values.redis -}}
{{- with include "animatize.otelHeaders" .root }}
- secret:
    name: {{ . }}
    items:
      - {key: {{ $.root.Values.otel.headers.key | quote }}, path: otlp-headers}
{{- end }}
{{- if and .facts.redis (eq $redis.mode "embedded") $redis.embedded.auth.existingSecret }}
- secret:
    name: {{ $redis.embedded.auth.existingSecret }}
    items:
      - {key: password, path: redis-password}
{{- end }}
{{- if and .facts.redis (eq $redis.mode "external") $redis.external.existingSecret (or $redis.external.urlKey $redis.external.passwordKey) }}
{{- with $redis.external }}
- secret:
    name: {{ .existingSecret }}
    items:
      {{- if .urlKey }}
      - {key: {{ .urlKey | quote }}, path: redis-url}
      {{- else }}
      - {key: {{ .passwordKey | quote }}, path: redis-password}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Name of the Secret with a service's certificate. */}}
{{- define "animatize.tlsSecret" -}}
{{- if eq .root.Values.tls.mode "secret" -}}
{{- index .root.Values.tls.secrets .name -}}
{{- else -}}
{{- include "animatize.componentName" . }}-tls
{{- end -}}
{{- end }}
