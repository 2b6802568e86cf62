{{/* Kinds that a cluster may not know. Off-line, `helm template --api-versions GROUP/VERSION` says that it does. */}}
{{- define "animatize.checks.cluster" -}}
{{- $values := .Values -}}
{{- $monitors := or $values.monitoring.serviceMonitor.enabled $values.monitoring.prometheusRule.enabled -}}
{{- include "animatize.checks.kind" (dict "root" . "wanted" $monitors "api" "monitoring.coreos.com/v1" "who" "the Prometheus operator" "value" "monitoring.serviceMonitor.enabled and monitoring.prometheusRule.enabled") -}}
{{- include "animatize.checks.kind" (dict "root" . "wanted" $values.exposure.grpcRoute.enabled "api" "gateway.networking.k8s.io/v1" "who" "the Gateway API" "value" "exposure.grpcRoute.enabled") -}}
{{- include "animatize.checks.kind" (dict "root" . "wanted" (eq $values.tls.mode "certManager") "api" "cert-manager.io/v1" "who" "cert-manager" "value" "tls.mode certManager") -}}
{{- include "animatize.checks.kind" (dict "root" . "wanted" $values.externalSecrets.enabled "api" "external-secrets.io/v1" "who" "the External Secrets operator" "value" "externalSecrets.enabled") -}}
{{- include "animatize.checks.kind" (dict "root" . "wanted" (not (empty $values.networkPolicy.cilium.allowedNames)) "api" "cilium.io/v2" "who" "Cilium" "value" "networkPolicy.cilium.allowedNames") -}}
{{- range $name := (include "animatize.enabled" . | fromYaml).names -}}
{{- $context := dict "root" $ "name" $name -}}
{{- include "animatize.fill" $context -}}
{{- include "animatize.checks.kind" (dict "root" $ "wanted" $context.service.autoscaling.keda.enabled "api" "keda.sh/v1alpha1" "who" "KEDA" "value" (printf "services.%s.autoscaling.keda.enabled" $name)) -}}
{{- end -}}
{{- end }}

{{- define "animatize.checks.kind" -}}
{{- if and .wanted (not (.root.Capabilities.APIVersions.Has .api)) -}}
{{- fail (printf "this cluster does not know %s: install %s, or switch %s off" .api .who .value) -}}
{{- end -}}
{{- end }}
