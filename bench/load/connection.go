package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"strconv"
	"time"
)

type result struct {
	// Of the requests answered with 200 within the counted time.
	latencies []time.Duration
	refused   int
	// All that were answered with 200.
	sent int
	err  error
}

func send(p plan, index int, start, from, until time.Time) (r result) {
	connection, err := net.Dial("tcp", p.address)
	if err != nil {
		return result{err: err}
	}
	defer connection.Close()
	reader := bufio.NewReader(connection)
	events := newEvents(p, index)
	var request, body []byte
	// Spread evenly, not in one burst.
	due := start.Add(p.interval * time.Duration(index) / time.Duration(p.connections))
	for {
		if p.interval > 0 {
			time.Sleep(time.Until(due))
		}
		now := time.Now()
		if now.After(until) {
			return r
		}
		body = events.appendBody(body[:0], now)
		request = appendRequest(request[:0], p, body)
		if _, err := connection.Write(request); err != nil {
			return result{err: err}
		}
		status, err := readAnswer(reader)
		if err != nil {
			return result{err: err}
		}
		began := now
		if p.interval > 0 {
			began = due
		}
		answered := time.Now()
		switch {
		case status != 200:
			r.refused++
		case began.After(from) && answered.Before(until):
			r.latencies = append(r.latencies, answered.Sub(began))
			fallthrough
		default:
			r.sent++
		}
		due = due.Add(p.interval)
	}
}

func appendRequest(to []byte, p plan, body []byte) []byte {
	to = append(to, "POST "...)
	to = append(to, p.path...)
	to = append(to, " HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"...)
	if p.authorization != "" {
		to = append(to, "Authorization: "...)
		to = append(to, p.authorization...)
		to = append(to, "\r\n"...)
	}
	to = append(to, "Content-Length: "...)
	to = strconv.AppendInt(to, int64(len(body)), 10)
	to = append(to, "\r\n\r\n"...)
	return append(to, body...)
}

func readAnswer(reader *bufio.Reader) (int, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("an answer that begins with %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, err
	}
	length := 0
	for {
		line, err = reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		const name = "content-length:"
		if len(line) > len(name) && bytes.EqualFold(line[:len(name)], []byte(name)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(name):]))); err != nil {
				return 0, err
			}
		}
	}
	_, err = io.CopyN(io.Discard, reader, int64(length))
	return status, err
}
