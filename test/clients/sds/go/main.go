// Command sds serves TLS with a certificate from Envoy's Secret Discovery Service, with the standard
// go-control-plane messages and grpc-go. It behaves like a proxy, as far as a test of the server needs.
//
// usage: sds ADDRESS CERTIFICATE AUTHORITIES
//
// It prints `loaded VERSION SERIAL` for each accepted response, `refused VERSION` for one whose certificate and key
// do not match, and `listening PORT` once it has a certificate.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync/atomic"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	tlsv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/transport_sockets/tls/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secret "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
)

const secretType = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"

var current atomic.Pointer[tls.Certificate]

func main() {
	address, names := os.Args[1], os.Args[2:]
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	stream, err := secret.NewSecretDiscoveryServiceClient(conn).StreamSecrets(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	request := &discovery.DiscoveryRequest{
		Node:          &core.Node{Id: "sds-test"},
		ResourceNames: names,
		TypeUrl:       secretType,
	}
	for {
		if err := stream.Send(request); err != nil {
			log.Fatal(err)
		}
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		request = answer(request, response)
	}
}

// answer loads a response completely or not at all, and makes the request that accepts or refuses it.
func answer(before *discovery.DiscoveryRequest, response *discovery.DiscoveryResponse) *discovery.DiscoveryRequest {
	next := &discovery.DiscoveryRequest{
		ResourceNames: before.ResourceNames,
		TypeUrl:       secretType,
		ResponseNonce: response.Nonce,
		VersionInfo:   response.VersionInfo,
	}
	if err := load(response); err != nil {
		next.VersionInfo = before.VersionInfo
		next.ErrorDetail = &status.Status{Code: int32(codes.InvalidArgument), Message: "refused"}
		fmt.Println("refused", response.VersionInfo)
	}
	return next
}

func load(response *discovery.DiscoveryResponse) error {
	var certificate *tls.Certificate
	authorities := x509.NewCertPool()
	for _, resource := range response.Resources {
		one := &tlsv3.Secret{}
		if err := resource.UnmarshalTo(one); err != nil {
			return err
		}
		if pair := one.GetTlsCertificate(); pair != nil {
			loaded, err := tls.X509KeyPair(pair.CertificateChain.GetInlineBytes(), pair.PrivateKey.GetInlineBytes())
			if err != nil {
				return err
			}
			certificate = &loaded
		}
		if trusted := one.GetValidationContext(); trusted != nil {
			authorities.AppendCertsFromPEM(trusted.TrustedCa.GetInlineBytes())
		}
	}
	if certificate == nil {
		return errors.New("no certificate")
	}
	if _, err := certificate.Leaf.Verify(x509.VerifyOptions{Roots: authorities}); err != nil {
		return err
	}
	isFirst := current.Swap(certificate) == nil
	fmt.Println("loaded", response.VersionInfo, certificate.Leaf.SerialNumber.Text(16))
	if isFirst {
		serve()
	}
	return nil
}

// serve answers each handshake with the newest certificate.
func serve() {
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				log.Fatal(err)
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
}
