package main

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	podkeyv1 "podkey.dev/bench/go-sidecar/gen/podkey/v1"
)

// service answers Get, and Watch for requests that name one credential.
type service struct {
	podkeyv1.UnimplementedCredentialServiceServer
	store *store
}

func (s *service) Get(_ context.Context, request *podkeyv1.GetRequest) (*podkeyv1.GetResponse, error) {
	credential, revision := s.store.get(request.GetName())
	if credential == nil {
		return nil, status.Errorf(codes.NotFound, "There is no credential %q.", request.GetName())
	}
	return &podkeyv1.GetResponse{Credential: credential, Revision: &podkeyv1.Revision{Number: revision}}, nil
}

func (s *service) Watch(request *podkeyv1.WatchRequest, stream podkeyv1.CredentialService_WatchServer) error {
	if len(request.GetNames()) != 1 {
		return status.Error(codes.Unimplemented, "This reference watches exactly one name.")
	}
	name := request.GetNames()[0]
	changes, stop := s.store.watch(name)
	defer stop()
	if err := s.sendState(name, stream); err != nil {
		return err
	}
	for {
		select {
		case <-stream.Context().Done():
			return nil
		case <-changes:
			if err := s.sendChange(name, stream); err != nil {
				return err
			}
		}
	}
}

func (s *service) sendState(name string, stream podkeyv1.CredentialService_WatchServer) error {
	credential, revision := s.store.get(name)
	messages := []*podkeyv1.WatchResponse{
		{Event: &podkeyv1.WatchResponse_Reset_{Reset_: &podkeyv1.Reset{Reason: podkeyv1.Reset_REASON_INITIAL}}},
	}
	if credential != nil {
		messages = append(messages, &podkeyv1.WatchResponse{Event: &podkeyv1.WatchResponse_Item{Item: credential}})
	}
	messages = append(messages, &podkeyv1.WatchResponse{
		Event:    &podkeyv1.WatchResponse_Synced{Synced: &podkeyv1.Synced{}},
		Revision: &podkeyv1.Revision{Number: revision},
	})
	for _, message := range messages {
		if err := stream.Send(message); err != nil {
			return err
		}
	}
	return nil
}

func (s *service) sendChange(name string, stream podkeyv1.CredentialService_WatchServer) error {
	credential, revision := s.store.get(name)
	change := &podkeyv1.Change{}
	if credential == nil {
		change.Removed = []*podkeyv1.Removed{{Namespace: s.store.namespace, Name: name}}
	} else {
		change.Changed = []*podkeyv1.Credential{credential}
	}
	return stream.Send(&podkeyv1.WatchResponse{
		Event:    &podkeyv1.WatchResponse_Change{Change: change},
		Revision: &podkeyv1.Revision{Number: revision},
	})
}
