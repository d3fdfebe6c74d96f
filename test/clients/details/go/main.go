// Command details makes one call that podkey refuses, and prints the error details as the standard Go libraries read
// them, one per line. Every client in this folder prints the same lines. Arguments: address, method (a path), request in hexadecimal.
package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// raw passes bytes through: the details need no message of podkey.
type raw struct{}

func (raw) Marshal(v any) ([]byte, error)      { return *v.(*[]byte), nil }
func (raw) Unmarshal(data []byte, v any) error { *v.(*[]byte) = append([]byte{}, data...); return nil }
func (raw) Name() string                       { return "proto" }

func main() {
	address, method := os.Args[1], os.Args[2]
	request, err := hex.DecodeString(os.Args[3])
	if err != nil {
		panic(err)
	}
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	var response []byte
	err = connection.Invoke(ctx, method, &request, &response, grpc.ForceCodec(raw{}))
	refused := status.Convert(err)
	fmt.Println("code", strings.ToUpper(snake(refused.Code().String())))
	for _, detail := range refused.Details() {
		switch found := detail.(type) {
		case *errdetails.ErrorInfo:
			fmt.Println("info", found.GetDomain(), found.GetReason())
		case *errdetails.RetryInfo:
			fmt.Println("retry", found.GetRetryDelay().AsDuration().Milliseconds())
		case *errdetails.BadRequest:
			for _, violation := range found.GetFieldViolations() {
				fmt.Println("field", violation.GetField())
			}
		default:
			fmt.Printf("unread %T\n", found)
		}
	}
}

// snake writes InvalidArgument as Invalid_Argument.
func snake(name string) string {
	var out strings.Builder
	for at, letter := range name {
		if at > 0 && letter >= 'A' && letter <= 'Z' {
			out.WriteByte('_')
		}
		out.WriteRune(letter)
	}
	return out.String()
}
