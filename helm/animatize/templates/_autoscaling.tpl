{{/* The HorizontalPodAutoscaler of a service: up at once, down slowly and one by one. */}}
{{- define "animatize.hpa" -}}
{{- $scaling := .service.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "animatize.componentName" . }}}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ $scaling.targetCPUUtilizationPercentage }}}
    {{- with $scaling.targetActiveCalls }}
    - type: Pods
      pods:
        metric: {name: animatize_rpc_active}
        target: {type: AverageValue, averageValue: {{ . | quote }}}
    {{- end }}
    {{- with $scaling.hpa.extraMetrics }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  behavior:
    {{- include "animatize.scalingBehavior" . | nindent 4 }}
{{- end }}

{{- define "animatize.scalingBehavior" -}}
{{- $scaling := .service.autoscaling -}}
{{- $tolerance := and $scaling.hpa.tolerance (semverCompare ">=1.33.0-0" .root.Capabilities.KubeVersion.Version) -}}
scaleUp:
  stabilizationWindowSeconds: 0
  selectPolicy: Max
  {{- if $tolerance }}
  tolerance: {{ $scaling.hpa.tolerance | quote }}
  {{- end }}
  policies:
    - {type: Percent, value: 100, periodSeconds: 15}
    - {type: Pods, value: 4, periodSeconds: 15}
scaleDown:
  stabilizationWindowSeconds: {{ $scaling.scaleDownStabilizationSeconds }}
  selectPolicy: Max
  {{- if $tolerance }}
  tolerance: {{ $scaling.hpa.tolerance | quote }}
  {{- end }}
  policies:
    - {type: Pods, value: 1, periodSeconds: {{ $scaling.scaleDownPeriodSeconds }}}
{{- end }}

{{/* The ScaledObject of KEDA, the alternative to the one above. */}}
{{- define "animatize.scaledObject" -}}
{{- $scaling := .service.autoscaling -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "animatize.componentName" . }}}
  minReplicaCount: {{ $scaling.minReplicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  advanced:
    horizontalPodAutoscalerConfig:
      behavior:
        {{- include "animatize.scalingBehavior" . | nindent 8 }}
  triggers:
    - type: cpu
      metricType: Utilization
      metadata: {value: {{ $scaling.targetCPUUtilizationPercentage | quote }}}
    {{- with $scaling.targetActiveCalls }}
    - type: prometheus
      metadata:
        serverAddress: {{ $scaling.keda.prometheusAddress }}
        query: sum(animatize_rpc_active{namespace="{{ include "animatize.namespace" $.root }}", service="{{ $.name }}"})
        threshold: {{ . | quote }}
    {{- end }}
{{- end }}

{{/* Whether a service can have two pods: only then a budget for disruptions makes sense. */}}
{{- define "animatize.severalPods" -}}
{{- $scaling := .service.autoscaling -}}
{{- if or $scaling.hpa.enabled $scaling.keda.enabled -}}
{{- if gt (int $scaling.maxReplicas) 1 }}yes{{ end -}}
{{- else if gt (int .service.replicas) 1 -}}
yes
{{- end -}}
{{- end }}

{{- define "animatize.podDisruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  maxUnavailable: {{ .service.podDisruptionBudget.maxUnavailable }}
  # A pod that is ill anyway does not hold up the draining of its node.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "animatize.selectorLabels" . | nindent 6 }}
{{- end }}
