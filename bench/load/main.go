// The sender of the ingest benchmarks: tracks over HTTP/1.1, written and read by hand so that it costs little of the CPU that it shares with what it
// measures. Prints one line of JSON.
//
// Without -rate every connection sends its next request when the last one is answered. With -rate requests have moments at which they are due, and their
// latency counts from those, so that a slow answer is not paid for by its successors being sent late.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"sync"
	"time"
)

type plan struct {
	address       string
	path          string
	authorization string
	connections   int
	batch         int
	users         int
	run           string
	interval      time.Duration
}

func main() {
	var p plan
	flag.StringVar(&p.address, "address", "", "host:port")
	flag.StringVar(&p.path, "path", "/v1/track", "where to post to")
	flag.StringVar(&p.authorization, "authorization", "", "the header's value")
	flag.IntVar(&p.connections, "connections", 20, "connections, each with one request at a time")
	flag.IntVar(&p.batch, "batch", 0, "events in a request's batch; 0: one event without a batch")
	flag.IntVar(&p.users, "users", 6000, "users, each sent for by one connection only")
	flag.StringVar(&p.run, "run", "r", "what the message ids begin with")
	rate := flag.Float64("rate", 0, "requests a second over all connections; 0: as many as are answered")
	warmUp := flag.Duration("warm-up", time.Second, "not counted")
	duration := flag.Duration("for", 5*time.Second, "counted")
	flag.Parse()
	if *rate > 0 {
		p.interval = time.Duration(float64(time.Second) * float64(p.connections) / *rate)
	}

	start := time.Now()
	from, until := start.Add(*warmUp), start.Add(*warmUp+*duration)
	results := make([]result, p.connections)
	var group sync.WaitGroup
	for index := range results {
		group.Add(1)
		go func() {
			defer group.Done()
			results[index] = send(p, index, start, from, until)
		}()
	}
	group.Wait()
	report(results, *duration, max(1, p.batch))
}

func report(results []result, duration time.Duration, perRequest int) {
	var latencies []time.Duration
	refused, sent := 0, 0
	for _, r := range results {
		if r.err != nil {
			fmt.Fprintln(os.Stderr, r.err)
			os.Exit(1)
		}
		latencies = append(latencies, r.latencies...)
		refused += r.refused
		sent += r.sent
	}
	sort.Slice(latencies, func(a, b int) bool { return latencies[a] < latencies[b] })
	text, _ := json.Marshal(map[string]float64{
		"requests": float64(len(latencies)), "refused": float64(refused), "eventsSent": float64(sent * perRequest),
		"eventsPerSecond": float64(len(latencies)*perRequest) / duration.Seconds(),
		"p50Ms":           quantile(latencies, 0.5), "p99Ms": quantile(latencies, 0.99), "maxMs": quantile(latencies, 1),
	})
	fmt.Println(string(text))
}

func quantile(sorted []time.Duration, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))].Microseconds()) / 1000
}
