// Where the deploy tier takes CustomResourceDefinitions from: `go mod download` fetches these modules and checks them by
// go.sum; nothing of them is compiled.
module podkey.dev/test/crds

go 1.24

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/external-secrets/external-secrets v1.3.2
	github.com/bitnami-labs/sealed-secrets v0.40.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/secrets-store-csi-driver v1.6.0
)
