{{/* On every object of the chart. */}}
{{- define "podkey.labels" -}}
app.kubernetes.io/name: podkey
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{/* A file of files/, which is the one of deploy/ itself, with the labels of a release: a dict of root and file. */}}
{{- define "podkey.file" -}}
{{- $labels := include "podkey.labels" .root | nindent 4 | trim -}}
{{- .root.Files.Get (printf "files/%s" .file) | replace "app.kubernetes.io/name: podkey" $labels | replace "namespace: podkey-system" (printf "namespace: %s" .root.Release.Namespace) -}}
{{- end }}
