{{/* The policy of a service: its callers come in, its calls go out, nothing else does. */}}
{{- define "animatize.networkPolicy" -}}
{{- $policy := .root.Values.networkPolicy -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "animatize.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- with include "animatize.callers" . | trim }}
    - from:
        {{- . | nindent 8 }}
      ports: [{port: {{ $.facts.port }}, protocol: TCP}]
    {{- end }}
    {{- if and .service.metrics $policy.prometheus }}
    - from:
        {{- toYaml $policy.prometheus | nindent 8 }}
      ports: [{port: {{ include "animatize.metricsPort" . }}, protocol: TCP}]
    {{- end }}
    {{- with include "animatize.meshIngress" . | trim }}{{ . | nindent 4 }}{{ end }}
  egress:
    {{- include "animatize.dnsEgress" .root | nindent 4 }}
    {{- with include "animatize.calledEgress" . | trim }}{{ . | nindent 4 }}{{ end }}
    {{- with include "animatize.redisEgress" . | trim }}{{ . | nindent 4 }}{{ end }}
    {{- with include "animatize.otelEgress" .root | trim }}{{ . | nindent 4 }}{{ end }}
    {{- if and .service.internetEgress (not $policy.cilium.allowedNames) }}
    - to:
        - ipBlock: {cidr: 0.0.0.0/0, except: {{ toJson $policy.internet.except }}}
      ports:
        {{- with include "animatize.tcpPorts" $policy.internet.ports | trim }}{{ . | nindent 8 }}{{ end }}
    {{- end }}
    {{- with include "animatize.meshEgress" . | trim }}{{ . | nindent 4 }}{{ end }}
    {{- with .service.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}

{{- define "animatize.tcpPorts" -}}
{{- range . }}
- {port: {{ . }}, protocol: TCP}
{{- end }}
{{- end }}

{{/* A pod of this release, from (dict "root" $ "component" "analyzer"). */}}
{{- define "animatize.peer" -}}
podSelector:
  matchLabels:
    {{- include "animatize.selectorLabels" . | nindent 4 }}
{{- end }}

{{/* Who may call a service: for the gateway its clients, for the others those of this release that call it. */}}
{{- define "animatize.callers" -}}
{{- if eq .name "gateway" }}
{{- if .root.Values.networkPolicy.labelledClients }}
- podSelector:
    matchLabels:
      {{ include "animatize.clientLabel" .root | quote }}: "true"
{{- end }}
{{- with .root.Values.networkPolicy.callers }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- $enabled := (include "animatize.enabled" .root | fromYaml).names }}
{{- range $caller, $facts := include "animatize.facts" .root | fromYaml }}
{{- if and (has $.name $facts.calls) (has $caller $enabled) }}
- {{ include "animatize.peer" (dict "root" $.root "component" $caller) | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- with .service.networkPolicy.callers }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "animatize.dnsEgress" -}}
- to:
    {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports:
    {{- range .Values.networkPolicy.dns.ports }}
    - {port: {{ . }}, protocol: UDP}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- end }}

{{- define "animatize.calledEgress" -}}
{{- $facts := include "animatize.facts" .root | fromYaml }}
{{- range $called := .facts.calls }}
{{- $elsewhere := index $.root.Values.endpoints $called }}
{{- if $elsewhere }}
- to:
    {{- toYaml $.root.Values.networkPolicy.endpointsTo | nindent 4 }}
  ports: [{port: {{ regexFind "[0-9]+$" $elsewhere }}, protocol: TCP}]
{{- else }}
- to:
    - {{ include "animatize.peer" (dict "root" $.root "component" $called) | nindent 6 | trim }}
  ports: [{port: {{ (index $facts $called).port }}, protocol: TCP}]
{{- end }}
{{- end }}
{{- end }}

{{- define "animatize.redisEgress" -}}
{{- $redis := .root.Values.redis }}
{{- if .facts.redis }}
{{- if eq $redis.mode "embedded" }}
- to:
    - {{ include "animatize.peer" (dict "root" .root "component" "redis") | nindent 6 | trim }}
  ports: [{port: 6379, protocol: TCP}]
{{- else if eq $redis.mode "external" }}
- to:
    {{- toYaml .root.Values.networkPolicy.redisTo | nindent 4 }}
  ports:
    {{- with include "animatize.tcpPorts" (include "animatize.redisPorts" .root | splitList " ") | trim }}{{ . | nindent 4 }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Ports of an external Redis, with blanks between: those named, those in its URL, or the usual ones of its mode. */}}
{{- define "animatize.redisPorts" -}}
{{- $external := .Values.redis.external -}}
{{- $found := list -}}
{{- range $external.ports }}{{ $found = append $found (toString .) }}{{ end -}}
{{- if not $found -}}
{{- range regexFindAll ":[0-9]+([,/]|$)" $external.url -1 }}{{ $found = append $found (regexFind "[0-9]+" .) }}{{ end -}}
{{- $usual := dict "standalone" (list "6379") "cluster" (list "6379") "sentinel" (list "26379") -}}
{{- if not $found }}{{ $found = index $usual $external.mode }}{{ end -}}
{{- if eq $external.mode "sentinel" }}{{ $found = append $found "6379" }}{{ end -}}
{{- end -}}
{{- $found | uniq | join " " -}}
{{- end }}

{{- define "animatize.otelEgress" -}}
{{- if .Values.otel.endpoint }}
- to:
    {{- toYaml .Values.networkPolicy.otelTo | nindent 4 }}
  ports: [{port: {{ regexFind "[0-9]+$" .Values.otel.endpoint }}, protocol: TCP}]
{{- else if or .Values.collector.enabled .Values.jaeger.enabled }}
- to:
    - {{ include "animatize.peer" (dict "root" . "component" (ternary "collector" "jaeger" .Values.collector.enabled)) | nindent 6 | trim }}
  ports: [{port: 4317, protocol: TCP}]
{{- end }}
{{- end }}

{{/* What the sidecars of a mesh need besides the calls themselves. */}}
{{- define "animatize.meshIngress" -}}
{{- if eq .root.Values.mesh.enabled "istio" }}
# The mesh's tunnel between pods, merged metrics and health of the sidecar.
- ports: [{port: 15008, protocol: TCP}, {port: 15020, protocol: TCP}, {port: 15021, protocol: TCP}]
{{- else if eq .root.Values.mesh.enabled "linkerd" }}
# The sidecar's own inbound port, and its admin port.
- ports: [{port: 4143, protocol: TCP}, {port: 4191, protocol: TCP}]
{{- end }}
{{- end }}

{{- define "animatize.meshEgress" -}}
{{- if eq .root.Values.mesh.enabled "istio" }}
- to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: istio-system}}
  ports: [{port: 15012, protocol: TCP}, {port: 15014, protocol: TCP}]
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
  ports: [{port: 15008, protocol: TCP}]
{{- else if eq .root.Values.mesh.enabled "linkerd" }}
- to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: linkerd}}
  ports: [{port: 8080, protocol: TCP}, {port: 8086, protocol: TCP}, {port: 8090, protocol: TCP}]
- to:
    - podSelector:
        matchLabels:
          app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
  ports: [{port: 4143, protocol: TCP}]
{{- end }}
{{- end }}

{{- define "animatize.ciliumPolicy" -}}
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata:
  {{- include "animatize.metadata" (merge (dict "suffix" "-internet") .) | nindent 2 }}
spec:
  endpointSelector:
    matchLabels:
      {{- include "animatize.selectorLabels" . | nindent 6 }}
  egress:
    - toEndpoints:
        - matchLabels:
            k8s:io.kubernetes.pod.namespace: kube-system
            k8s:k8s-app: kube-dns
      toPorts:
        - ports:
            {{- range .root.Values.networkPolicy.dns.ports }}
            - {port: {{ . | quote }}, protocol: ANY}
            {{- end }}
          rules:
            dns: [{matchPattern: "*"}]
    - toFQDNs:
        {{- range .root.Values.networkPolicy.cilium.allowedNames }}
        - {{ ternary "matchPattern" "matchName" (contains "*" .) }}: {{ . | quote }}
        {{- end }}
      toPorts:
        - ports:
            {{- range .root.Values.networkPolicy.internet.ports }}
            - {port: {{ . | quote }}, protocol: TCP}
            {{- end }}
{{- end }}
