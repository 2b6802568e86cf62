{{/*
The two Services of a service. The headless one gives clients the addresses of all pods, so that they balance calls and
see a pod drain; the other has one address, for meshes, gateways and ingress controllers.
*/}}
{{- define "animatize.services" -}}
{{- $service := .service.service -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "animatize.metadata" (merge (dict "annotations" (merge (dict) $service.annotations (include "animatize.ingressBackend" . | fromYaml))) .) | nindent 2 }}
spec:
  type: {{ $service.type }}
  {{- include "animatize.serviceSpec" . | nindent 2 }}
  {{- with $service.trafficDistribution }}
  trafficDistribution: {{ . }}
  {{- end }}
  {{- with $service.internalTrafficPolicy }}
  internalTrafficPolicy: {{ . }}
  {{- end }}
  {{- with $service.sessionAffinity }}
  sessionAffinity: {{ . }}
  {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  {{- include "animatize.metadata" (merge (dict "suffix" "-headless" "labels" (dict "animatize.dev/monitored" "true")) .) | nindent 2 }}
spec:
  clusterIP: None
  {{- include "animatize.serviceSpec" . | nindent 2 }}
{{- end }}

{{- define "animatize.serviceSpec" -}}
selector:
  {{- include "animatize.selectorLabels" . | nindent 2 }}
ports:
  - {name: grpc, port: {{ .facts.port }}, targetPort: grpc, protocol: TCP, appProtocol: {{ .service.service.appProtocol }}}
  {{- if .service.metrics }}
  - {name: metrics, port: {{ include "animatize.metricsPort" . }}, targetPort: metrics, protocol: TCP, appProtocol: http}
  {{- end }}
{{- with .service.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .service.service.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What an ingress controller reads on the Service: Traefik asks it, not the Ingress, how the backend is spoken to. */}}
{{- define "animatize.ingressBackend" -}}
{{- $ingress := .root.Values.exposure.ingress -}}
{{- if and (eq .name "gateway") $ingress.enabled (eq $ingress.className "traefik") -}}
traefik.ingress.kubernetes.io/service.serversscheme: {{ ternary "https" "h2c" .tls }}
{{- end -}}
{{- end }}
