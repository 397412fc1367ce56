{{- define "bridge.name" -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- end }}

{{- define "bridge.image" -}}
{{- if .Values.image.digest -}}{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{- end -}}
{{- end }}

{{/* Labels that select: they never change. Takes (dict "root" . "app" "ingest"). */}}
{{- define "bridge.selector" -}}
app.kubernetes.io/name: segment-extole-bridge
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .app }}
{{- end }}

{{- define "bridge.labels" -}}
{{ include "bridge.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* A variable from the secret. Takes (list root name optional). */}}
{{- define "bridge.secretEnv" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef: { name: {{ (index . 0).Values.existingSecret }}, key: {{ index . 1 }}, optional: {{ index . 2 }} }
{{- end }}

{{/* What every app knows. */}}
{{- define "bridge.commonEnv" -}}
- { name: KAFKA_BROKERS, value: {{ .Values.kafka.brokers | quote }} }
{{- if .Values.kafka.ssl }}
- { name: KAFKA_SSL, value: 'true' }
{{- end }}
{{ include "bridge.secretEnv" (list . "KAFKA_SSL_CA" true) }}
{{- with .Values.kafka }}
{{- if .saslMechanism }}
- { name: KAFKA_SASL_MECHANISM, value: {{ .saslMechanism | quote }} }
{{- end }}
{{- if eq (.saslMechanism | default "") "oauthbearer" }}
- { name: KAFKA_OAUTH_TOKEN_URL, value: {{ .oauth.tokenUrl | quote }} }
- { name: KAFKA_OAUTH_SCOPE, value: {{ .oauth.scope | quote }} }
- { name: KAFKA_OAUTH_EXTENSIONS, value: {{ .oauth.extensions | quote }} }
{{ include "bridge.secretEnv" (list $ "KAFKA_OAUTH_CLIENT_ID" false) }}
{{ include "bridge.secretEnv" (list $ "KAFKA_OAUTH_CLIENT_SECRET" false) }}
{{- else if eq (.saslMechanism | default "") "aws-msk-iam" }}
- { name: KAFKA_AWS_REGION, value: {{ .awsRegion | quote }} }
{{- else if .saslMechanism }}
{{ include "bridge.secretEnv" (list $ "KAFKA_SASL_USERNAME" false) }}
{{ include "bridge.secretEnv" (list $ "KAFKA_SASL_PASSWORD" false) }}
{{- end }}
{{- end }}
- { name: TOPIC_PREFIX, value: {{ .Values.topics.prefix | quote }} }
- { name: TOPIC_PARTITIONS, value: {{ .Values.topics.partitions | quote }} }
- { name: TOPIC_REPLICATION, value: {{ .Values.topics.replication | quote }} }
- { name: EVENTS_RETENTION, value: {{ .Values.topics.eventsRetention | quote }} }
- { name: DEDUP_WINDOW, value: {{ .Values.topics.dedupWindow | quote }} }
- { name: EXTOLE_BASE_URL, value: {{ .Values.extole.baseUrl | quote }} }
- { name: EXTOLE_EVENTS_MODE, value: {{ .Values.extole.eventsMode | quote }} }
- { name: EXTOLE_MAX_CONCURRENCY, value: {{ .Values.extole.maxConcurrency | quote }} }
- { name: EXTOLE_RATE_LIMIT, value: {{ .Values.extole.rateLimit | quote }} }
- { name: EXTOLE_TIMEOUT_MS, value: {{ .Values.extole.timeoutMs | quote }} }
{{ include "bridge.secretEnv" (list . "SUBJECT_HASH_KEY" false) }}
{{- if .Values.sources.fromFile }}
- { name: SOURCES_FILE, value: /etc/bridge/sources/sources.yaml }
{{- else }}
{{ include "bridge.secretEnv" (list . "EXTOLE_ACCESS_TOKEN" false) }}
- { name: EXTOLE_LABELS, value: {{ .Values.extole.labels | quote }} }
{{- if or .Values.mapping.file .Values.mapping.existingConfigMap }}
- { name: MAPPING_FILE, value: /etc/bridge/mapping/mapping.yaml }
{{- end }}
{{- end }}
- { name: LOG_LEVEL, value: {{ .Values.logLevel | quote }} }
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "bridge.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "bridge.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "bridge.mounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if .Values.sources.fromFile }}
- { name: sources, mountPath: /etc/bridge/sources, readOnly: true }
{{- end }}
{{- if or .Values.mapping.file .Values.mapping.existingConfigMap }}
- { name: mapping, mountPath: /etc/bridge/mapping, readOnly: true }
{{- end }}
{{- end }}

{{/* The topics job runs before the chart's own config map is there; it does not need the mapping's content, but its configuration names it. */}}
{{- define "bridge.volumes" -}}
- { name: tmp, emptyDir: {} }
{{- if .Values.sources.fromFile }}
- name: sources
  secret: { secretName: {{ .Values.existingSecret }}, items: [{ key: sources.yaml, path: sources.yaml }] }
{{- end }}
{{- if or .Values.mapping.file .Values.mapping.existingConfigMap }}
- name: mapping
  configMap: { name: {{ .Values.mapping.existingConfigMap | default (printf "%s-mapping" (include "bridge.name" .)) }} }
{{- end }}
{{- end }}

{{/*
Of the pods of every app: what an app has read at its start is there as a text, so that a change of it is a rollout. What is not in the values is looked up, which only an
upgrade in a cluster can; of a secret it is the version, since a hash would be something to try guesses against.
*/}}
{{- define "bridge.podAnnotations" -}}
{{- with .Values.podAnnotations }}
{{ toYaml . }}
{{- end }}
{{- with lookup "v1" "Secret" .Release.Namespace .Values.existingSecret }}
bridge/secret-version: {{ .metadata.resourceVersion | quote }}
{{- end }}
{{- if .Values.mapping.existingConfigMap }}
{{- with lookup "v1" "ConfigMap" .Release.Namespace .Values.mapping.existingConfigMap }}
checksum/mapping: {{ .data | toYaml | sha256sum }}
{{- end }}
{{- else if .Values.mapping.file }}
checksum/mapping: {{ .Values.mapping.file | sha256sum }}
{{- end }}
{{- end }}

{{- define "bridge.spread" -}}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: { matchLabels: { {{- include "bridge.selector" . | replace "\n" ", " -}} } }
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector: { matchLabels: { {{- include "bridge.selector" . | replace "\n" ", " -}} } }
{{- end }}

{{/* What all pods have in common. Takes (dict "root" . "app" "ingest"). */}}
{{- define "bridge.podCommon" -}}
automountServiceAccountToken: false
{{- with .root.Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext: {{ include "bridge.podSecurity" . | nindent 2 }}
topologySpreadConstraints: {{ include "bridge.spread" . | nindent 2 }}
{{- with .root.Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}
