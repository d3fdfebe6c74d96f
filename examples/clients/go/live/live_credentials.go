// Package live holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file.
package live

import (
	"bytes"
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	podkeyv1 "example.com/app/gen/podkey/v1"
)

const firstBackoff, maxBackoff = 100 * time.Millisecond, 5 * time.Second

// Listener receives the events, from the goroutine of Run. Set all three.
type Listener struct {
	// OnChange: how is "reset", "changed" or "resumed"; names are those whose data changed, sorted.
	OnChange func(how string, names []string)
	// OnFreshness: the data is verified (FRESH), or it is not (STALE, with the reason).
	OnFreshness func(*podkeyv1.Freshness)
	// OnReconnect: the stream ended; the next attempt follows after the delay. The held credentials stay.
	OnReconnect func(ended *status.Status, delay time.Duration)
}

// Credentials holds the newest state of some credentials, by name: podkey serves one namespace here.
type Credentials struct {
	client    podkeyv1.CredentialServiceClient
	names     []string
	listener  Listener
	held      atomic.Pointer[map[string]*podkeyv1.Credential] // replaced as a whole, never modified
	freshness *podkeyv1.Freshness
	token     string
}

// New creates them; nothing happens before Run.
func New(client podkeyv1.CredentialServiceClient, names []string, listener Listener) *Credentials {
	c := &Credentials{client: client, names: names, listener: listener}
	c.held.Store(&map[string]*podkeyv1.Credential{})
	return c
}

// Current is the newest credential of this name, or nil if there is none. Can be called from any goroutine at any time.
func (c *Credentials) Current(name string) *podkeyv1.Credential { return (*c.held.Load())[name] }

// Size is the number of held credentials.
func (c *Credentials) Size() int { return len(*c.held.Load()) }

// Run runs until ctx ends or podkey refuses the watch permanently, and returns the reason.
func (c *Credentials) Run(ctx context.Context) error {
	for wait := firstBackoff; ; wait = min(2*wait, maxBackoff) {
		synced, err := c.follow(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch status.Code(err) {
		case codes.InvalidArgument, codes.Unauthenticated, codes.PermissionDenied, codes.Unimplemented:
			return err
		}
		if synced {
			wait = firstBackoff
		}
		delay := wait/2 + rand.N(wait/2) // so that not all clients reconnect at the same moment
		c.listener.OnReconnect(status.Convert(err), delay)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(delay):
		}
	}
}

// follow reads one stream to its end. A reset takes effect at its synced, a change at its last part.
func (c *Credentials) follow(ctx context.Context) (synced bool, err error) {
	stream, err := c.client.Watch(ctx, &podkeyv1.WatchRequest{Names: c.names, ResumeToken: c.token})
	if err != nil {
		return false, err
	}
	var incoming map[string]*podkeyv1.Credential
	var parts []*podkeyv1.Change
	for {
		message, err := stream.Recv()
		if err != nil {
			return synced, err
		}
		if message.ResumeToken != "" {
			c.token = message.ResumeToken
		}
		switch event := message.Event.(type) {
		case *podkeyv1.WatchResponse_Reset_:
			incoming, parts = map[string]*podkeyv1.Credential{}, nil
		case *podkeyv1.WatchResponse_Item:
			incoming[event.Item.Name] = event.Item
		case *podkeyv1.WatchResponse_Synced:
			synced = true
			if incoming == nil {
				c.listener.OnChange("resumed", nil)
			} else {
				c.swap("reset", incoming)
			}
			incoming = nil
		case *podkeyv1.WatchResponse_Change:
			if parts = append(parts, event.Change); !event.Change.More {
				c.swap("changed", applied(*c.held.Load(), parts))
				parts = nil
			}
		}
		c.notice(message.Freshness)
	}
}

func applied(held map[string]*podkeyv1.Credential, parts []*podkeyv1.Change) map[string]*podkeyv1.Credential {
	next := maps.Clone(held)
	for _, part := range parts {
		for _, gone := range part.Removed {
			delete(next, gone.Name)
		}
		for _, changed := range part.Changed {
			next[changed.Name] = changed
		}
	}
	return next
}

// swap replaces the held credentials by next in one step, and reports the differences.
func (c *Credentials) swap(how string, next map[string]*podkeyv1.Credential) {
	before := *c.held.Swap(&next)
	names := slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(next)))
	slices.Sort(names)
	c.listener.OnChange(how, slices.DeleteFunc(slices.Compact(names), func(name string) bool {
		was, is := before[name], next[name]
		return was != nil && is != nil && maps.EqualFunc(was.Data, is.Data, bytes.Equal)
	}))
}

func (c *Credentials) notice(now *podkeyv1.Freshness) {
	if now == nil || (c.freshness.GetState() == now.State && c.freshness.GetReason() == now.Reason) {
		return
	}
	c.freshness = now
	c.listener.OnFreshness(now)
}
