{{- define "animatize.checks.parts" -}}
{{- $values := .Values -}}
{{- $enabled := (include "animatize.enabled" . | fromYaml).names -}}
{{- with $values.redis -}}
{{- if eq .mode "external" -}}
{{- if and (not .external.url) (not .external.urlKey) -}}
{{- fail "redis.mode is external, but nothing says where it is: set redis.external.url, or urlKey with existingSecret" -}}
{{- end -}}
{{- /* Not by the schema, whose refusals repeat the value. */ -}}
{{- if and .external.url (not (contains "@" .external.url)) (not (regexMatch "^rediss?://[^@\\s]+$" .external.url)) -}}
{{- fail "redis.external.url is no address of a Redis: write redis://host:port/db, or rediss for TLS" -}}
{{- end -}}
{{- if contains "@" .external.url -}}
{{- fail "redis.external.url would show its password in a ConfigMap: take it out, and set existingSecret and passwordKey, or urlKey" -}}
{{- end -}}
{{- if and .external.url .external.urlKey -}}
{{- fail "redis.external has two addresses: set url or urlKey, not both" -}}
{{- end -}}
{{- if and .external.urlKey (not .external.existingSecret) -}}
{{- fail "redis.external.urlKey names a key of no Secret: set redis.external.existingSecret" -}}
{{- end -}}
{{- if and .external.username (or .external.urlKey (not .external.existingSecret) (not .external.passwordKey)) -}}
{{- fail "redis.external.username comes with a password of its own: set existingSecret and passwordKey, or leave both to the URL under urlKey" -}}
{{- end -}}
{{- end -}}
{{- if and (eq .mode "embedded") (not $values.networkPolicy.enabled) (not .embedded.auth.existingSecret) -}}
{{- fail "the embedded Redis would be open to the whole cluster: leave networkPolicy.enabled on, or set redis.embedded.auth.existingSecret" -}}
{{- end -}}
{{- end -}}
{{- if eq $values.tls.mode "secret" -}}
{{- range $enabled }}{{ if not (index $values.tls.secrets .) }}{{ fail (printf "tls.mode is secret, but tls.secrets.%s names no Secret: set it to one with tls.crt, tls.key and ca.crt" .) }}{{ end }}{{ end -}}
{{- end -}}
{{- if and (eq $values.tls.mode "certManager") (not $values.tls.issuerRef.name) -}}
{{- fail "tls.mode is certManager, but nobody signs: set tls.issuerRef.name" -}}
{{- end -}}
{{- if and (eq $values.tls.mode "mesh") (eq $values.mesh.enabled "none") -}}
{{- fail "tls.mode is mesh, but there is none: set mesh.enabled to istio or linkerd" -}}
{{- end -}}
{{- if and (ne $values.mesh.enabled "none") (has $values.tls.mode (list "secret" "certManager")) -}}
{{- fail "the mesh encrypts already, and cannot balance calls that it cannot read: set tls.mode to mesh" -}}
{{- end -}}
{{- /* Not by the schema, either. */ -}}
{{- if and $values.otel.endpoint (not (regexMatch "^https?://[^\\s/@]+:[0-9]{1,5}$" $values.otel.endpoint)) -}}
{{- fail "otel.endpoint is no address of a collector: write http://host:4317, without user and password; a key goes into otel.headers" -}}
{{- end -}}
{{- if and $values.collector.enabled $values.otel.endpoint -}}
{{- fail "telemetry has two addresses: empty otel.endpoint, or set collector.enabled to false" -}}
{{- end -}}
{{- if and $values.collector.enabled (not $values.collector.exportTo) (not $values.jaeger.enabled) -}}
{{- fail "the collector has nowhere to send traces to: set collector.exportTo, or jaeger.enabled" -}}
{{- end -}}
{{- if and $values.jaeger.enabled $values.collector.enabled $values.collector.exportTo -}}
{{- fail "the evaluation Jaeger would stay empty, because collector.exportTo sends traces elsewhere: empty it, or set jaeger.enabled to false" -}}
{{- end -}}
{{- if and $values.jaeger.enabled $values.otel.endpoint -}}
{{- fail "the evaluation Jaeger would stay empty, because otel.endpoint sends everything elsewhere: empty it, or set jaeger.enabled to false" -}}
{{- end -}}
{{- if and (hasSuffix "ratio" $values.otel.sampler.name) (not $values.otel.sampler.argument) -}}
{{- fail "a ratio sampler needs its ratio: set otel.sampler.argument, for example to \"0.1\"" -}}
{{- end -}}
{{- if $values.networkPolicy.enabled -}}
{{- /* To Kubernetes an empty list is everyone. */ -}}
{{- with $values.networkPolicy -}}
{{- range $name, $list := dict "dns.to" .dns.to "dns.ports" .dns.ports "redisTo" .redisTo "otelTo" .otelTo "endpointsTo" .endpointsTo "internet.ports" .internet.ports -}}
{{- if not $list -}}
{{- fail (printf "networkPolicy.%s is empty, which would admit everything: name what it is for" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $values.networkPolicy.cilium.allowedNames -}}
{{- $calling := list -}}
{{- range $enabled }}{{ $context := dict "root" $ "name" . }}{{ include "animatize.fill" $context }}{{ if $context.service.internetEgress }}{{ $calling = append $calling . }}{{ end }}{{ end -}}
{{- if not $calling -}}
{{- fail "networkPolicy.cilium.allowedNames is for services that call the internet, and none does: set services.<name>.internetEgress, or empty it" -}}
{{- end -}}
{{- end -}}
{{- with $values.exposure -}}
{{- if and (or .grpcRoute.enabled .ingress.enabled) (not (has "gateway" $enabled)) -}}
{{- fail "there is no gateway to expose in this release: set services.gateway.enabled, or switch exposure off" -}}
{{- end -}}
{{- if and .grpcRoute.enabled (not .grpcRoute.parentRefs) -}}
{{- fail "the GRPCRoute has no Gateway: set exposure.grpcRoute.parentRefs" -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.host) -}}
{{- fail "the Ingress has no host: set exposure.ingress.host" -}}
{{- end -}}
{{- if and .ingress.enabled (not .ingress.tlsSecret) -}}
{{- fail "gRPC through an Ingress needs TLS: set exposure.ingress.tlsSecret" -}}
{{- end -}}
{{- if and .ingress.enabled (eq .ingress.className "nginx") (ne $values.tls.mode "disabled") $values.tls.requireClientCertificate (not (hasKey .ingress.annotations "nginx.ingress.kubernetes.io/proxy-ssl-secret")) -}}
{{- fail "the gateway asks nginx for a certificate that it does not have: set the annotation nginx.ingress.kubernetes.io/proxy-ssl-secret, or tls.requireClientCertificate to false" -}}
{{- end -}}
{{- if and (or .grpcRoute.enabled .ingress.enabled) $values.networkPolicy.enabled (not $values.networkPolicy.callers) -}}
{{- fail "the network policy keeps the exposed way shut: name the pods of your Gateway or ingress controller in networkPolicy.callers" -}}
{{- end -}}
{{- end -}}
{{- if $values.externalSecrets.enabled -}}
{{- if not $values.externalSecrets.secretStoreRef.name -}}
{{- fail "externalSecrets has no store: set externalSecrets.secretStoreRef.name" -}}
{{- end -}}
{{- if not $values.externalSecrets.secrets -}}
{{- fail "externalSecrets fills no Secret: list them in externalSecrets.secrets" -}}
{{- end -}}
{{- range $values.externalSecrets.secrets }}{{ if hasKey $values.secrets.createForEvaluation .name }}{{ fail (printf "the Secret %s has two sources: take it out of externalSecrets.secrets or out of secrets.createForEvaluation" .name) }}{{ end }}{{ end -}}
{{- end -}}
{{- end }}
