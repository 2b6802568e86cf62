{{/* The ports that the check calls, with blanks between. */}}
{{- define "animatize.testPorts" -}}
{{- $ports := list -}}
{{- $facts := include "animatize.facts" . | fromYaml -}}
{{- range (include "animatize.enabled" . | fromYaml).names }}{{ $ports = append $ports (index $facts . "port" | toString) }}{{ end -}}
{{- if .Values.jaeger.enabled }}{{ $ports = append $ports "16686" }}{{ end -}}
{{- join " " $ports -}}
{{- end }}

{{/* What the check finds in a release that works, as JSON. */}}
{{- define "animatize.expected" -}}
{{- $facts := include "animatize.facts" . | fromYaml -}}
{{- $enabled := (include "animatize.enabled" . | fromYaml).names -}}
{{- $services := dict -}}
{{- range $enabled -}}
{{- $host := include "animatize.dnsName" (dict "root" $ "host" (printf "%s-%s" (include "animatize.fullname" $) .)) -}}
{{- $_ := set $services . (dict "address" (printf "%s:%d" $host (index $facts . "port" | int)) "grpc_service" (index $facts . "grpcService")) -}}
{{- end -}}
{{- $jaeger := "" -}}
{{- if and .Values.jaeger.enabled (eq .Values.otel.sampler.name "parentbased_always_on") }}{{ $jaeger = printf "http://%s:16686" (include "animatize.dnsName" (dict "root" . "host" (printf "%s-jaeger" (include "animatize.fullname" .)))) }}{{ end -}}
{{- $elsewhere := list -}}
{{- range $name, $address := .Values.endpoints }}{{ if $address }}{{ $elsewhere = append $elsewhere $name }}{{ end }}{{ end -}}
{{- dict "services" $services "clip" (has "gateway" $enabled) "jaeger" $jaeger "traced" (ternary $enabled (list) (empty $elsewhere)) "tls" (has .Values.tls.mode (list "secret" "certManager")) | toPrettyJson -}}
{{- end }}
