{{/* The Deployment of a service, from its filled context. */}}
{{- define "animatize.deployment" -}}
{{- $service := .service -}}
{{- $autoscaled := or $service.autoscaling.hpa.enabled $service.autoscaling.keda.enabled -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  {{- if not $autoscaled }}
  replicas: {{ $service.replicas }}
  {{- else }}
  {{- /* The autoscaler's number stays. Without one the API server would take 1 in the upgrade that switches it on. */}}
  {{- with lookup "apps/v1" "Deployment" (include "animatize.namespace" .root) (include "animatize.componentName" .) }}
  replicas: {{ .spec.replicas }}
  {{- end }}
  {{- end }}
  revisionHistoryLimit: {{ $service.revisionHistoryLimit }}
  minReadySeconds: {{ default (include "animatize.foundAfter" . | int) (int $service.minReadySeconds) }}
  strategy:
    type: RollingUpdate
    rollingUpdate:
      maxSurge: {{ $service.rollingUpdate.maxSurge }}
      maxUnavailable: {{ $service.rollingUpdate.maxUnavailable }}
  selector:
    matchLabels:
      {{- include "animatize.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "animatize.podLabels" . | nindent 8 }}
        {{- with $service.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      annotations:
        kubectl.kubernetes.io/default-container: {{ .name }}
        checksum/config: {{ include "animatize.settings" . | sha256sum }}
        {{- with include "animatize.meshAnnotations" . | trim }}{{ . | nindent 8 }}{{ end }}
        {{- with merge (dict) $service.podAnnotations .root.Values.commonAnnotations }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
    spec:
      {{- include "animatize.pod" . | nindent 6 }}
{{- end }}

{{- define "animatize.meshAnnotations" -}}
{{- if eq .root.Values.mesh.enabled "istio" }}
sidecar.istio.io/inject: "true"
# The sidecar is there before the service's first call, and stays until its last.
proxy.istio.io/config: '{"holdApplicationUntilProxyStarts": true, "terminationDrainDuration": "{{ add .service.drain.pauseSeconds .service.drain.graceSeconds }}s"}'
{{- else if eq .root.Values.mesh.enabled "linkerd" }}
linkerd.io/inject: enabled
config.linkerd.io/proxy-await: enabled
config.alpha.linkerd.io/proxy-wait-before-exit-seconds: {{ add .service.drain.preStopSeconds .service.drain.pauseSeconds | quote }}
{{- end }}
{{- end }}

{{/* Name of a service's account. */}}
{{- define "animatize.accountName" -}}
{{- default (include "animatize.componentName" .) .service.serviceAccount.name -}}
{{- end }}

{{/*
Seconds until every client has found a new pod. A client looks names up when a connection ends, which is at its age give
or take a tenth (gRPC's own jitter), and may then be told what DNS has kept. Sidecars of a mesh are told at once.
*/}}
{{- define "animatize.foundAfter" -}}
{{- if eq .root.Values.mesh.enabled "none" -}}
{{- add (div (add (mul .service.connectionAgeSeconds 11) 9) 10) .service.dnsCacheSeconds -}}
{{- else -}}
10
{{- end -}}
{{- end }}

{{/* Seconds between the announcement of a pod's end and its being killed: what it says, or the sum of its parts. */}}
{{- define "animatize.gracePeriod" -}}
{{- with .service.drain -}}
{{- $sum := add .preStopSeconds .pauseSeconds .graceSeconds .flushSeconds -}}
{{- default $sum (int $.service.terminationGracePeriodSeconds) -}}
{{- end -}}
{{- end }}

{{- define "animatize.pod" -}}
{{- $service := .service -}}
serviceAccountName: {{ include "animatize.accountName" . | quote }}
automountServiceAccountToken: false
# Variables such as ANIMATIZE_ANALYZER_PORT=tcp://… would be taken for settings.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "animatize.gracePeriod" . }}
{{- include "animatize.pullSecrets" .root }}
securityContext:
  {{- include "animatize.podSecurity" 65532 | nindent 2 }}
{{- if $service.userNamespaces }}
hostUsers: false
{{- end }}
{{- with $service.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $service.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with $service.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with $service.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $service.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $service.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if $service.topologySpread.enabled }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $service.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "animatize.selectorLabels" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- with $service.initContainers }}
initContainers:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ .name }}
    {{- include "animatize.container" . | nindent 4 }}
  {{- with $service.sidecars }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumes:
  {{- include "animatize.volumes" . | nindent 2 }}
{{- end }}
