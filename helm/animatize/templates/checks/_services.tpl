{{- define "animatize.checks.services" -}}
{{- $values := .Values -}}
{{- $enabled := (include "animatize.enabled" . | fromYaml).names -}}
{{- $fullname := include "animatize.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) -}}
{{- fail (printf "%s is no name for a Service: set fullnameOverride to lower-case letters, digits and dashes, a letter first" $fullname) -}}
{{- end -}}
{{- if not $enabled -}}
{{- fail "no service is enabled: set services.<name>.enabled for at least one" -}}
{{- end -}}
{{- range $name := keys $values.services | sortAlpha -}}
{{- if not (hasKey (include "animatize.facts" $ | fromYaml) $name) -}}
{{- fail (printf "services.%s is no service of this product: use gateway, analyzer, predictor, expander or generator" $name) -}}
{{- end -}}
{{- end -}}
{{- range $name := $enabled -}}
{{- $context := dict "root" $ "name" $name -}}
{{- include "animatize.fill" $context -}}
{{- $service := $context.service -}}
{{- $scaling := $service.autoscaling -}}
{{- range $called := $context.facts.calls -}}
{{- if and (not (has $called $enabled)) (not (index $values.endpoints $called)) -}}
{{- fail (printf "%s calls the %s, which this release does not run: set endpoints.%s to its address, or services.%s.enabled" $name $called $called $called) -}}
{{- end -}}
{{- if and (has $called $enabled) (index $values.endpoints $called) -}}
{{- fail (printf "the %s is in this release and elsewhere: empty endpoints.%s, or set services.%s.enabled to false" $called $called $called) -}}
{{- end -}}
{{- end -}}
{{- if and $scaling.hpa.enabled $scaling.keda.enabled -}}
{{- fail (printf "services.%s has two autoscalers that would fight: enable autoscaling.hpa or autoscaling.keda, not both" $name) -}}
{{- end -}}
{{- if or $scaling.hpa.enabled $scaling.keda.enabled -}}
{{- if lt (int $scaling.maxReplicas) (int $scaling.minReplicas) -}}
{{- fail (printf "services.%s.autoscaling: maxReplicas %d is below minReplicas %d" $name (int $scaling.maxReplicas) (int $scaling.minReplicas)) -}}
{{- end -}}
{{- if not (dig "requests" "cpu" "" $service.resources) -}}
{{- fail (printf "services.%s.autoscaling measures CPU against what the pods request: set resources.requests.cpu" $name) -}}
{{- end -}}
{{- end -}}
{{- if and $scaling.keda.enabled $scaling.targetActiveCalls (not $scaling.keda.prometheusAddress) -}}
{{- fail (printf "services.%s.autoscaling.targetActiveCalls is read from Prometheus: set autoscaling.keda.prometheusAddress" $name) -}}
{{- end -}}
{{- if and (or $scaling.hpa.enabled $scaling.keda.enabled) $scaling.targetActiveCalls (not $service.metrics) -}}
{{- fail (printf "services.%s.autoscaling.targetActiveCalls is measured by the service: set services.%s.metrics to true, or targetActiveCalls to 0" $name $name) -}}
{{- end -}}
{{- if and (include "animatize.severalPods" $context) $service.podDisruptionBudget.enabled -}}
{{- if has (toString $service.podDisruptionBudget.maxUnavailable) (list "0" "0%") -}}
{{- fail (printf "services.%s.podDisruptionBudget.maxUnavailable is 0, so no node could ever be drained: set at least 1" $name) -}}
{{- end -}}
{{- end -}}
{{- if and (has (toString $service.rollingUpdate.maxSurge) (list "0" "0%")) (has (toString $service.rollingUpdate.maxUnavailable) (list "0" "0%")) -}}
{{- fail (printf "services.%s.rollingUpdate lets no pod come and none go: set maxSurge or maxUnavailable above 0" $name) -}}
{{- end -}}
{{- $needed := add $service.drain.preStopSeconds $service.drain.pauseSeconds $service.drain.graceSeconds $service.drain.flushSeconds -}}
{{- if and $service.terminationGracePeriodSeconds (lt (int $service.terminationGracePeriodSeconds) (int $needed)) -}}
{{- fail (printf "services.%s.terminationGracePeriodSeconds %d is shorter than its drain takes, so running calls would be killed: set at least %d, or 0 for the sum" $name (int $service.terminationGracePeriodSeconds) (int $needed)) -}}
{{- end -}}
{{- $longest := dig "default_deadline_s" (ternary 300 0 (eq $name "gateway")) (default dict $service.config) -}}
{{- if lt (int $service.drain.graceSeconds) (int $longest) -}}
{{- fail (printf "services.%s.drain.graceSeconds %d is shorter than its longest call, default_deadline_s %d: raise the one or lower the other" $name (int $service.drain.graceSeconds) (int $longest)) -}}
{{- end -}}
{{- if and $service.image.digest (not (regexMatch "^sha256:[a-f0-9]{64}$" $service.image.digest)) -}}
{{- fail (printf "services.%s.image.digest is no digest: write sha256: and 64 hexadecimal digits" $name) -}}
{{- end -}}
{{- if eq (default $.Chart.AppVersion $service.image.tag) "latest" -}}
{{- fail (printf "services.%s.image.tag latest means another image every day: name a version, or a digest" $name) -}}
{{- end -}}
{{- if and $values.networkPolicy.enabled (dig "allow_http_fetch" false (default dict $service.config)) (not $service.internetEgress) -}}
{{- fail (printf "services.%s.config.allow_http_fetch is on, but the network policy lets it call nobody: set services.%s.internetEgress, and the ports in networkPolicy.internet.ports" $name $name) -}}
{{- end -}}
{{- end -}}
{{- end }}
