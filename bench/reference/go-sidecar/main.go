// Command go-sidecar is what a competent Go team would write in a week: a client-go informer on the labelled Secrets of one
// namespace, and Get and Watch of podkey's API by grpc-go on a Unix socket. The benchmarks show it beside podkey. It has no
// policy, freshness, metrics, audit or limits, so it is a lower bound for the price of a sidecar in Go.
//
//	go-sidecar SOCKET            in a pod: the mounted ServiceAccount
//	go-sidecar SOCKET KUBECONFIG
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"os/signal"
	"syscall"

	"google.golang.org/grpc"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	podkeyv1 "podkey.dev/bench/go-sidecar/gen/podkey/v1"
)

//go:generate ../../../node_modules/.bin/buf generate

const (
	selector      = "podkey.dev/serve=true"
	namespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace"
)

func main() {
	if len(os.Args) < 2 || len(os.Args) > 3 {
		log.Fatal("usage: go-sidecar SOCKET [KUBECONFIG]")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := serve(ctx, os.Args[1], os.Args[2:]); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, socket string, kubeconfig []string) error {
	config, namespace, err := target(kubeconfig)
	if err != nil {
		return err
	}
	clientset, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	factory := informers.NewSharedInformerFactoryWithOptions(clientset, 0,
		informers.WithNamespace(namespace),
		informers.WithTransform(withoutManagedFields),
		informers.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = selector }))
	store := newStore(namespace)
	informer := factory.Core().V1().Secrets().Informer()
	if _, err := informer.AddEventHandler(store); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	podkeyv1.RegisterCredentialServiceServer(server, &service{store: store})
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	fmt.Println("ready")
	return server.Serve(listener)
}

func target(kubeconfig []string) (*rest.Config, string, error) {
	if len(kubeconfig) == 0 {
		config, err := rest.InClusterConfig()
		if err != nil {
			return nil, "", err
		}
		namespace, err := os.ReadFile(namespaceFile)
		return config, string(namespace), err
	}
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		&clientcmd.ClientConfigLoadingRules{ExplicitPath: kubeconfig[0]}, &clientcmd.ConfigOverrides{})
	config, err := loader.ClientConfig()
	if err != nil {
		return nil, "", err
	}
	namespace, _, err := loader.Namespace()
	return config, namespace, err
}
