// The destination of every benchmark: Extole's event API as far as the contestants call it, with a fixed latency, and a judge that nobody wins against by
// cheating. It costs little CPU (HTTP/1.1 read by hand, one goroutine a connection), because it shares the machine with what it measures.
//
//	POST /v6/async-events   answers 200 {"event_id": …} after the latency
//	GET  /v4/tokens         answers at once: the token check
//	POST /_reset            forgets everything
//	GET  /_summary          what was received, as JSON
package main

import (
	"bufio"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

func main() {
	address := flag.String("listen", "127.0.0.1:24010", "where to listen")
	latency := flag.Duration("latency", 20*time.Millisecond, "time from the last byte of a request to its answer")
	flag.Parse()

	listener, err := net.Listen("tcp", *address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("ready", listener.Addr())
	judge := newJudge()
	for {
		connection, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		go serve(connection, judge, *latency)
	}
}

func serve(connection net.Conn, judge *judge, latency time.Duration) {
	defer connection.Close()
	reader := bufio.NewReaderSize(connection, 8<<10)
	answer := make([]byte, 0, 256)
	var body []byte
	for {
		request, err := readRequest(reader, &body)
		if err != nil {
			return
		}
		switch request {
		case "POST /v6/async-events":
			call := judge.arrived(body, time.Now())
			time.Sleep(latency)
			// Before the answer: whoever has it may rightly send the user's next event.
			judge.answered(call)
			answer = appendAnswer(answer[:0], fmt.Sprintf(`{"event_id":"%d"}`, call.number))
		case "GET /v4/tokens":
			answer = appendAnswer(answer[:0], `[]`)
		case "POST /_reset":
			judge.reset()
			answer = appendAnswer(answer[:0], `{}`)
		case "GET /_summary":
			answer = appendAnswer(answer[:0], judge.summary())
		default:
			answer = append(answer[:0], "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"...)
		}
		if _, err := connection.Write(answer); err != nil {
			return
		}
	}
}

func appendAnswer(to []byte, body string) []byte {
	to = append(to, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "...)
	to = strconv.AppendInt(to, int64(len(body)), 10)
	to = append(to, "\r\n\r\n"...)
	return append(to, body...)
}
