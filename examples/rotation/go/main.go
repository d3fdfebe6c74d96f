// Command shop queries PostgreSQL through a pgx pool that always uses the newest login from podkey. To support rotation, copy
// newPool. PODKEY_ENDPOINT is the address of podkey; PGHOST and PGDATABASE name the database.
//
// It prints `ready`, `served N` at every hundredth query, `failed MESSAGE` for each that failed, and on SIGTERM
// `done N queries, M failed`.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"example.com/app/live"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"google.golang.org/grpc/status"

	podkeyv1 "example.com/app/gen/podkey/v1"
)

const secret, workers = "db-main", 4

// newPool makes a pool whose every new connection logs in with the newest username and password, and in which a change
// replaces the connections that it has: those in use as soon as they are given back, so that no query is cut.
func newPool(ctx context.Context, client podkeyv1.CredentialServiceClient) (*pgxpool.Pool, *live.Credentials, error) {
	config, err := pgxpool.ParseConfig("application_name=shop-go pool_max_conns=3")
	if err != nil {
		return nil, nil, err
	}
	var credentials *live.Credentials
	config.BeforeConnect = func(_ context.Context, login *pgx.ConnConfig) error {
		credential := credentials.Current(secret)
		if credential == nil {
			return errors.New("podkey has no " + secret)
		}
		login.User, login.Password = string(credential.Data["username"]), string(credential.Data["password"])
		return nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	credentials = live.New(client, []string{secret}, live.Listener{
		OnChange: func(_ string, names []string) {
			if len(names) > 0 {
				pool.Reset()
			}
		},
		OnFreshness: func(freshness *podkeyv1.Freshness) { log.Println(freshness.State, freshness.Reason) },
		OnReconnect: func(ended *status.Status, delay time.Duration) { log.Println(ended.Message(), "again in", delay) },
	})
	return pool, credentials, nil
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	connection, err := live.Dial(os.Getenv("PODKEY_ENDPOINT"))
	if err != nil {
		log.Fatal(err)
	}
	pool, credentials, err := newPool(context.Background(), podkeyv1.NewCredentialServiceClient(connection))
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		if err := credentials.Run(ctx); ctx.Err() == nil {
			log.Fatal(err)
		}
	}()
	for credentials.Current(secret) == nil && ctx.Err() == nil {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("ready")

	var served, failed atomic.Int64
	var working sync.WaitGroup
	for worker := range workers {
		seconds := 0.002
		if worker == 0 {
			seconds = 0.3 // a slow query, so that it is running when the login changes
		}
		working.Go(func() {
			for ctx.Err() == nil {
				if _, err := pool.Exec(context.Background(), "select pg_sleep($1)", seconds); err != nil {
					failed.Add(1)
					fmt.Println("failed", err)
				} else if count := served.Add(1); count%100 == 0 {
					fmt.Println("served", count)
				}
			}
		})
	}
	working.Wait()
	pool.Close()
	fmt.Printf("done %d queries, %d failed\n", served.Load(), failed.Load())
}
