{{/*
Moves what was given under an old name to its new one, before anything reads it, and keeps a sentence about each in
`.Values.global.deprecated` for the notes. The table is files/deprecated.yaml. Gives no text.
*/}}
{{- define "animatize.deprecations" -}}
{{- $sentences := list -}}
{{- range .Files.Get "files/deprecated.yaml" | fromYamlArray -}}
{{- $old := splitList "." .from -}}
{{- $new := splitList "." .to -}}
{{- $holder := $.Values -}}
{{- range initial $old }}{{ $holder = default dict (index $holder .) }}{{ end -}}
{{- if hasKey $holder (last $old) -}}
{{- $target := $.Values -}}
{{- range initial $new }}{{ $target = index $target . }}{{ end -}}
{{- $_ := set $target (last $new) (index $holder (last $old)) -}}
{{- $sentences = append $sentences (printf "%s is now %s; the old name is taken until %s." .from .to .until) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $.Values.global "deprecated" $sentences -}}
{{- end }}
