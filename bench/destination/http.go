package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

var errUnreadable = errors.New("not a request that this destination reads")

// readRequest reads one request. Its body is in *body until the next call; the result is method and path, such as "POST /v6/async-events".
func readRequest(reader *bufio.Reader, body *[]byte) (string, error) {
	line, err := reader.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	end := bytes.LastIndexByte(line, ' ')
	if end < 0 {
		return "", errUnreadable
	}
	request := known(line[:end])
	length, chunked := 0, false
	for {
		line, err = reader.ReadSlice('\n')
		if err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		switch {
		case hasName(line, "content-length:"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len("content-length:"):]))); err != nil {
				return "", errUnreadable
			}
		case hasName(line, "transfer-encoding:"):
			chunked = true
		}
	}
	if chunked {
		return request, readChunks(reader, body)
	}
	*body = resized(*body, length)
	_, err = io.ReadFull(reader, *body)
	return request, err
}

// known spares an allocation for the request that makes up all but a handful.
func known(line []byte) string {
	const event = "POST /v6/async-events"
	if string(line) == event {
		return event
	}
	return string(line)
}

func hasName(line []byte, name string) bool {
	return len(line) >= len(name) && bytes.EqualFold(line[:len(name)], []byte(name))
}

func readChunks(reader *bufio.Reader, body *[]byte) error {
	*body = (*body)[:0]
	for {
		line, err := reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return errUnreadable
		}
		start := len(*body)
		*body = resized(*body, start+int(size))
		if _, err := io.ReadFull(reader, (*body)[start:]); err != nil {
			return err
		}
		if _, err := reader.ReadSlice('\n'); err != nil {
			return err
		}
		if size == 0 {
			return nil
		}
	}
}

func resized(bytes []byte, length int) []byte {
	if cap(bytes) < length {
		larger := make([]byte, length, 2*length)
		copy(larger, bytes)
		return larger
	}
	return bytes[:length]
}
