{{/* Settings of the embedded Valkey: bounded memory, the least recently used goes first. */}}
{{- define "animatize.valkeySettings" -}}
{{- $redis := .Values.redis.embedded -}}
bind * -::*
port 6379
dir /data
maxmemory {{ $redis.maxMemory }}
maxmemory-policy allkeys-lru
save ""
{{- if $redis.persistence.enabled }}
appendonly yes
appendfsync everysec
{{- else }}
appendonly no
{{- end }}
{{- if $redis.auth.existingSecret }}
aclfile /etc/valkey-acl/users.acl
{{- else }}
# No password: network policies admit only the services that keep results here.
protected-mode no
{{- end }}
{{- end }}

{{/* The services of this release that keep results in the shared cache, as NetworkPolicyPeers; none admits nobody. */}}
{{- define "animatize.redisCallers" -}}
{{- $enabled := (include "animatize.enabled" . | fromYaml).names -}}
{{- range $name, $facts := include "animatize.facts" . | fromYaml }}
{{- if and $facts.redis (has $name $enabled) }}
- {{ include "animatize.peer" (dict "root" $ "component" $name) | nindent 2 | trim }}
{{- end }}
{{- end }}
{{- end }}
