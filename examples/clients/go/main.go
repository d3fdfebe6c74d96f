// Command app prints credentials of podkey: `app get NAME KEY` one value, `app live NAME...` every change.
// The lines are those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey.
package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/status"

	podkeyv1 "example.com/app/gen/podkey/v1"
	"example.com/app/live"
)

//go:generate ../../../node_modules/.bin/buf generate

func main() {
	endpoint := os.Getenv("PODKEY_ENDPOINT")
	if endpoint == "" {
		endpoint = "unix:///run/podkey/podkey.sock"
	}
	switch args := os.Args[1:]; {
	case len(args) == 3 && args[0] == "get":
		value, err := get(endpoint, args[1], args[2])
		if err != nil {
			refused(err)
		}
		fmt.Println(shown(value))
	case len(args) > 1 && args[0] == "live":
		refused(follow(endpoint, args[1:]))
	default:
		fmt.Fprintln(os.Stderr, "usage: app get NAME KEY | app live NAME...")
		os.Exit(2)
	}
}

func follow(endpoint string, names []string) error {
	connection, err := live.Dial(endpoint)
	if err != nil {
		return err
	}
	defer connection.Close()
	var credentials *live.Credentials
	credentials = live.New(podkeyv1.NewCredentialServiceClient(connection), names, live.Listener{
		OnChange: func(how string, names []string) {
			for _, name := range names {
				print(name, credentials.Current(name))
			}
			fmt.Println(how, credentials.Size())
		},
		OnFreshness: func(freshness *podkeyv1.Freshness) {
			if freshness.State == podkeyv1.Freshness_STATE_FRESH {
				fmt.Println("fresh")
			} else {
				fmt.Println("stale", freshness.Reason)
			}
		},
		OnReconnect: func(ended *status.Status, delay time.Duration) {
			fmt.Fprintf(os.Stderr, "%s; again in %v\n", ended.Message(), delay)
			fmt.Println("reconnecting", ended.Code())
		},
	})
	return credentials.Run(context.Background())
}

func print(name string, credential *podkeyv1.Credential) {
	if credential == nil {
		fmt.Println("removed", name)
		return
	}
	line := "current " + name
	for _, key := range slices.Sorted(maps.Keys(credential.Data)) {
		line += fmt.Sprintf(" %s=%s", key, shown(credential.Data[key]))
	}
	fmt.Println(line)
}

// shown is short printable text, because this is a demonstration. A real program never prints a value.
func shown(value []byte) string {
	printable := func(r rune) bool { return r >= 0x21 && r <= 0x7e }
	if len(value) <= 64 && strings.IndexFunc(string(value), func(r rune) bool { return !printable(r) }) < 0 {
		return string(value)
	}
	return fmt.Sprintf("sha256:%x", sha256.Sum256(value))
}

func refused(err error) {
	fmt.Fprintln(os.Stderr, status.Convert(err).Message())
	fmt.Println("refused", status.Code(err))
	os.Exit(3)
}
