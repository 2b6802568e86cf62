{{- define "animatize.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* At most 40 characters, so that every object's name fits; a longer one keeps its difference as a digest. */}}
{{- define "animatize.fullname" -}}
{{- $name := include "animatize.name" . -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- $full = default $full (toString .Values.fullnameOverride) -}}
{{- if gt (len $full) 40 }}{{ $full = printf "%s-%s" (trunc 33 $full | trimSuffix "-") (sha256sum $full | trunc 6) }}{{ end -}}
{{- $full -}}
{{- end }}

{{- define "animatize.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end }}

{{/* Name of a component's objects, from (dict "root" $ "component" "gateway"). */}}
{{- define "animatize.componentName" -}}
{{- printf "%s-%s" (include "animatize.fullname" .root) .component -}}
{{- end }}

{{/* Name of a Service as pods ask for it, from (dict "root" $ "host" "name"). */}}
{{- define "animatize.dnsName" -}}
{{- printf "%s.%s.svc" .host (include "animatize.namespace" .root) -}}
{{- with .root.Values.clusterDomain }}.{{ . }}{{ end -}}
{{- end }}

{{/* What a selector may hold; never changes, because selectors cannot. */}}
{{- define "animatize.selectorLabels" -}}
app.kubernetes.io/name: {{ include "animatize.name" .root | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Labels of a component's pods: without the chart's version, which would restart them at each change of the chart. */}}
{{- define "animatize.podLabels" -}}
{{ include "animatize.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: animatize
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of a component's objects. */}}
{{- define "animatize.labels" -}}
{{ include "animatize.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/*
Metadata of an object, from (dict "root" $ "component" "gateway" "suffix" "-headless" "labels" (dict …) "annotations"
(dict …)); `called` is a name instead of the component's.
*/}}
{{- define "animatize.metadata" -}}
name: {{ default (printf "%s%s" (include "animatize.componentName" .) (default "" .suffix)) .called | quote }}
namespace: {{ include "animatize.namespace" .root | quote }}
labels:
  {{- include "animatize.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (default dict .annotations) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The label by which pods of the namespace say that they call the gateway. */}}
{{- define "animatize.clientLabel" -}}
{{ include "animatize.fullname" . }}-client
{{- end }}

{{/* Reference of an image, from (dict "root" $ "image" … "repository" "fallback" "tag" "fallback"). */}}
{{- define "animatize.image" -}}
{{- $registry := default .root.Values.global.imageRegistry .image.registry -}}
{{- $repository := default .repository .image.repository -}}
{{- with $registry }}{{ trimSuffix "/" . }}/{{ end -}}
{{- $repository -}}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ default .tag .image.tag }}{{ end -}}
{{- end }}

{{- define "animatize.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ ternary . (dig "name" "" (ternary dict . (kindIs "string" .))) (kindIs "string" .) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where the pods beside the services may run: as `defaults` says of the services. */}}
{{- define "animatize.placement" -}}
{{- with .Values.defaults.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.defaults.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.defaults.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
