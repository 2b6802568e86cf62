{{/* The certificate of a service, made by cert-manager, for all names under which it is called. */}}
{{- define "animatize.certificate" -}}
{{- $tls := .root.Values.tls -}}
{{- $name := include "animatize.componentName" . -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  {{- include "animatize.metadata" . | nindent 2 }}
spec:
  secretName: {{ include "animatize.tlsSecret" . }}
  duration: {{ $tls.duration }}
  renewBefore: {{ $tls.renewBefore }}
  privateKey: {algorithm: ECDSA, size: 256, rotationPolicy: Always}
  usages: [digital signature, key encipherment, server auth, client auth]
  commonName: {{ $name | trunc 63 }}
  dnsNames:
    {{- range $host := list $name (printf "%s-headless" $name) }}
    {{- $full := printf "%s.%s" $host (include "animatize.namespace" $.root) }}
    - {{ $host }}
    - {{ $full }}
    - {{ $full }}.svc
    - {{ $full }}.svc.{{ default "cluster.local" $.root.Values.clusterDomain }}
    {{- end }}
    {{- if eq .name "gateway" }}
    {{- range $tls.gatewayDnsNames }}
    - {{ . }}
    {{- end }}
    {{- end }}
  issuerRef:
    name: {{ $tls.issuerRef.name }}
    kind: {{ $tls.issuerRef.kind }}
    group: {{ $tls.issuerRef.group }}
{{- end }}
