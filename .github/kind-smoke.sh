#!/bin/sh
# The first steps of a user, in the cluster that kubectl points to: a Secret, a Job, podkey by kustomize or by the label. The
# Job must read the Secret and complete. Called by ci.yml for each supported Kubernetes version, with the image podkey:0.1.0 loaded.
set -eu
way=$1
namespace="shop-$way"
work=$(mktemp -d .github/smoke-XXXXXX)
trap 'rm -rf "$work"' EXIT

kubectl create namespace "$namespace"
kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted
kubectl -n "$namespace" create secret generic db --from-literal=password=first
kubectl -n "$namespace" label secret db podkey.dev/serve=true
kubectl -n "$namespace" apply -k deploy/kustomize/base

cat >"$work/job.yaml" <<EOF
apiVersion: batch/v1
kind: Job
metadata: {name: once}
spec:
  backoffLimit: 0
  template:
    metadata:
      labels: {app: once$([ "$way" = injection ] && echo ', podkey.dev/inject: "true"')}
    spec:
      restartPolicy: Never
      containers:
        - name: app
          image: podkey:0.1.0
          args: [get, db, --key, password, -o, raw]
          securityContext:
            runAsNonRoot: true
            runAsUser: 1001
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
            seccompProfile: {type: RuntimeDefault}
EOF
printf 'namespace: %s\nresources: [job.yaml]\n' "$namespace" >"$work/kustomization.yaml"
if [ "$way" = injection ]; then
  kubectl apply -k deploy/injection
  # A policy takes effect a moment after it is written.
  until kubectl -n "$namespace" create --dry-run=server -o yaml -f - <<EOF | grep -q podkey-token; do sleep 1; done
apiVersion: v1
kind: Pod
metadata: {name: probe, labels: {podkey.dev/inject: "true"}}
spec: {containers: [{name: app, image: podkey:0.1.0, securityContext: {runAsNonRoot: true, runAsUser: 1001, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}, seccompProfile: {type: RuntimeDefault}}}]}
EOF
else
  echo 'components: [../../deploy/kustomize/components/sidecar]' >>"$work/kustomization.yaml"
fi
kubectl apply -k "$work"
kubectl -n "$namespace" wait --for=condition=Complete job/once --timeout=120s ||
  { kubectl -n "$namespace" describe pods; kubectl -n "$namespace" logs -l app=once --all-containers --prefix; exit 1; }
[ "$(kubectl -n "$namespace" logs job/once -c app)" = first ]
kubectl delete namespace "$namespace" --wait=false
