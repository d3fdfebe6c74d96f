package main

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	podkeyv1 "example.com/app/gen/podkey/v1"
)

// get is the minimal client: dial, one call, one value.
func get(endpoint, name, key string) ([]byte, error) {
	connection, err := grpc.NewClient(endpoint, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy())
	if err != nil {
		return nil, fmt.Errorf("invalid endpoint %s: %w", endpoint, err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	client := podkeyv1.NewCredentialServiceClient(connection)
	response, err := client.Get(ctx, &podkeyv1.GetRequest{Name: name, Keys: []string{key}})
	if err != nil {
		return nil, err
	}
	return response.Credential.Data[key], nil
}
