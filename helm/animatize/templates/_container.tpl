{{/* The container of a service, from its filled context. */}}
{{- define "animatize.container" -}}
{{- $service := .service -}}
image: {{ include "animatize.image" (dict "root" .root "image" $service.image "repository" (printf "animatize-%s" .name) "tag" .root.Chart.AppVersion) }}
imagePullPolicy: {{ $service.image.pullPolicy }}
env:
  {{- include "animatize.environment" . | nindent 2 }}
{{- with $service.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - {name: grpc, containerPort: {{ .facts.port }}, protocol: TCP}
  {{- if .tls }}
  - {name: health, containerPort: {{ include "animatize.healthPort" . }}, protocol: TCP}
  {{- end }}
  {{- if $service.metrics }}
  - {name: metrics, containerPort: {{ include "animatize.metricsPort" . }}, protocol: TCP}
  {{- end }}
{{- include "animatize.probes" . | nindent 0 }}
{{- with $service.drain.preStopSeconds }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ . }}
{{- end }}
{{- with $service.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- include "animatize.containerSecurity" . | nindent 2 }}
volumeMounts:
  - {name: config, mountPath: /etc/animatize/config, readOnly: true}
  - {name: tmp, mountPath: /tmp}
  {{- if include "animatize.secretSources" . }}
  - {name: secrets, mountPath: /etc/animatize/secrets, readOnly: true}
  {{- end }}
  {{- if .tls }}
  - {name: tls, mountPath: /etc/animatize/tls, readOnly: true}
  {{- end }}
  {{- if include "animatize.redisAuthorities" . }}
  - {name: redis-tls, mountPath: /etc/animatize/redis-tls, readOnly: true}
  {{- end }}
  {{- with $service.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/*
Three questions with three names: whether it has started and whether it wants calls is the service's own entry, which
turns at drain; whether the process lives is `liveness`, which depends on nothing outside.
*/}}
{{- define "animatize.probes" -}}
{{- $probes := .service.probes -}}
{{- $port := ternary (include "animatize.healthPort" . | int) (int .facts.port) .tls -}}
startupProbe:
  grpc: {port: {{ $port }}, service: {{ .facts.grpcService }}}
  periodSeconds: 1
  timeoutSeconds: 1
  failureThreshold: {{ $probes.startupSeconds }}
readinessProbe:
  grpc: {port: {{ $port }}, service: {{ .facts.grpcService }}}
  periodSeconds: {{ $probes.periodSeconds }}
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: {{ $probes.readinessFailures }}
livenessProbe:
  grpc: {port: {{ $port }}, service: liveness}
  periodSeconds: {{ $probes.periodSeconds }}
  timeoutSeconds: {{ $probes.timeoutSeconds }}
  failureThreshold: {{ $probes.livenessFailures }}
{{- end }}

{{/* Who the pod is, for telemetry, and how many threads its CPU request pays for. */}}
{{- define "animatize.environment" -}}
{{- $attributes := dict "k8s.namespace.name" "$(POD_NAMESPACE)" "k8s.pod.name" "$(POD_NAME)" "k8s.pod.uid" "$(POD_UID)" "k8s.node.name" "$(NODE_NAME)" "k8s.deployment.name" (include "animatize.componentName" .) "k8s.container.name" .name "service.instance.id" "$(POD_UID)" -}}
{{- range $name, $value := .root.Values.otel.resourceAttributes }}{{ $_ := set $attributes $name ($value | urlquery | replace "+" "%20") }}{{ end -}}
{{- $dualStack := or (has "IPv6" .service.service.ipFamilies) (hasSuffix "DualStack" .service.service.ipFamilyPolicy) -}}
- {name: {{ .facts.prefix }}CONFIG_FILE, value: /etc/animatize/config/config.yaml}
- {name: {{ .facts.prefix }}HOST, value: {{ ternary "::" "0.0.0.0" $dualStack | quote }}}
- name: POD_NAME
  valueFrom: {fieldRef: {fieldPath: metadata.name}}
- name: POD_NAMESPACE
  valueFrom: {fieldRef: {fieldPath: metadata.namespace}}
- name: POD_UID
  valueFrom: {fieldRef: {fieldPath: metadata.uid}}
- name: NODE_NAME
  valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
- name: OTEL_RESOURCE_ATTRIBUTES
  value: {{ include "animatize.pairs" $attributes | quote }}
- {name: OTEL_EXPORTER_OTLP_PROTOCOL, value: {{ .root.Values.otel.protocol }}}
- {name: OTEL_TRACES_SAMPLER, value: {{ .root.Values.otel.sampler.name }}}
{{- with .root.Values.otel.sampler.argument }}
- {name: OTEL_TRACES_SAMPLER_ARG, value: {{ . | quote }}}
{{- end }}
{{- if dig "requests" "cpu" "" .service.resources }}
- name: {{ .facts.prefix }}WORKERS
  valueFrom: {resourceFieldRef: {containerName: {{ .name }}, resource: requests.cpu, divisor: "1"}}
{{- end }}
{{- with .service.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* `a=b,c=d`, in the order of the names. */}}
{{- define "animatize.pairs" -}}
{{- $pairs := list -}}
{{- range $name, $value := . }}{{ $pairs = append $pairs (printf "%s=%s" $name $value) }}{{ end -}}
{{- join "," $pairs -}}
{{- end }}

{{- define "animatize.redisAuthorities" -}}
{{- if and .facts.redis (eq .root.Values.redis.mode "external") }}{{ .root.Values.redis.external.authoritiesSecret }}{{ end -}}
{{- end }}

{{- define "animatize.volumes" -}}
{{- $service := .service -}}
- name: config
  configMap:
    name: {{ include "animatize.componentName" . }}
- name: tmp
  emptyDir:
    sizeLimit: {{ $service.tmp.sizeLimit }}
    {{- with $service.tmp.medium }}
    medium: {{ . }}
    {{- end }}
{{- with include "animatize.secretSources" . | trim }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- if .tls }}
- name: tls
  secret:
    secretName: {{ include "animatize.tlsSecret" . }}
    defaultMode: 0440
{{- end }}
{{- with include "animatize.redisAuthorities" . }}
- name: redis-tls
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
{{- with $service.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
