package main

import (
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/cache"

	podkeyv1 "podkey.dev/bench/go-sidecar/gen/podkey/v1"
)

// store holds the newest credential of each name and wakes those who watch it. A credential is built once, when it
// changes, and is never written again, so every reader shares it.
type store struct {
	namespace string

	mu          sync.RWMutex
	revision    uint64
	credentials map[string]*podkeyv1.Credential
	// One channel of length 1 for each open Watch: a reader that is slow is woken once and reads the newest state.
	watchers map[string]map[chan struct{}]struct{}
}

func newStore(namespace string) *store {
	return &store{
		namespace:   namespace,
		credentials: map[string]*podkeyv1.Credential{},
		watchers:    map[string]map[chan struct{}]struct{}{},
	}
}

var _ cache.ResourceEventHandler = (*store)(nil)

// withoutManagedFields keeps what nobody reads out of the informer's cache.
func withoutManagedFields(object any) (any, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

func (s *store) OnAdd(object any, _ bool) { s.put(object.(*corev1.Secret)) }
func (s *store) OnUpdate(_, object any)   { s.put(object.(*corev1.Secret)) }
func (s *store) OnDelete(object any) {
	if tombstone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	if secret, ok := object.(*corev1.Secret); ok {
		s.change(secret.Name, nil)
	}
}

func (s *store) put(secret *corev1.Secret) {
	s.change(secret.Name, &podkeyv1.Credential{
		Namespace:       secret.Namespace,
		Name:            secret.Name,
		Type:            string(secret.Type),
		Data:            secret.Data,
		Labels:          secret.Labels,
		Uid:             string(secret.UID),
		ResourceVersion: secret.ResourceVersion,
	})
}

func (s *store) change(name string, credential *podkeyv1.Credential) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revision++
	if credential == nil {
		delete(s.credentials, name)
	} else {
		credential.Revision = s.revision
		s.credentials[name] = credential
	}
	for watcher := range s.watchers[name] {
		select {
		case watcher <- struct{}{}:
		default:
		}
	}
}

func (s *store) get(name string) (*podkeyv1.Credential, uint64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.credentials[name], s.revision
}

func (s *store) watch(name string) (changes <-chan struct{}, stop func()) {
	watcher := make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.watchers[name] == nil {
		s.watchers[name] = map[chan struct{}]struct{}{}
	}
	s.watchers[name][watcher] = struct{}{}
	return watcher, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers[name], watcher)
	}
}
