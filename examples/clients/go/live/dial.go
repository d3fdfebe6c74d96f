package live

import (
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/keepalive"
)

// Dial opens a channel to podkey: "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT". Nothing is connected before the
// first call. podkey is next door, so a lost connection is tried again every second, not every two minutes; the keepalive
// finds a podkey that hangs; and a proxy that the environment names is for other hosts.
func Dial(endpoint string) (*grpc.ClientConn, error) {
	reconnect := backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: time.Second}
	return grpc.NewClient(endpoint,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithConnectParams(grpc.ConnectParams{Backoff: reconnect, MinConnectTimeout: time.Second}),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second, PermitWithoutStream: true}),
		grpc.WithNoProxy())
}
