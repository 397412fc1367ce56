package main

import (
	"bytes"
	"encoding/json"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// judge knows what has been received, and finds what breaks the rules: a user's events out of order, two of a user in flight at once, an event twice.
//
// It reads three fields out of the body: partner_user_id (the user), partner_event_id (the event) and the parameters n (the event's place among its
// user's, from 0) and, where the sender gave it, sent_us (when the sender sent it, microseconds since the epoch).
type judge struct {
	mutex      sync.Mutex
	users      map[string]*user
	events     map[string]struct{}
	classes    map[string]*class
	calls      int
	repeats    int
	outOfOrder int
	overlaps   int
	unreadable int
	inFlight   int
	peak       int
	first      time.Time
	last       time.Time
	// Microseconds from the sender to here.
	delays []int32
}

type user struct {
	highest  int
	inFlight int
	class    *class
}

// class is the users whose id has the same beginning, up to a dash.
type class struct {
	Calls   int     `json:"calls"`
	FirstMs float64 `json:"firstMs"`
	LastMs  float64 `json:"lastMs"`
}

// call is one request between its arrival and its answer.
type call struct {
	number int
	user   *user
}

func newJudge() *judge {
	j := &judge{}
	j.reset()
	return j
}

func (j *judge) reset() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.users = make(map[string]*user)
	j.events = make(map[string]struct{})
	j.classes = make(map[string]*class)
	j.calls, j.repeats, j.outOfOrder, j.overlaps, j.unreadable, j.inFlight, j.peak = 0, 0, 0, 0, 0, 0, 0
	j.first, j.last = time.Time{}, time.Time{}
	j.delays = nil
}

func (j *judge) arrived(body []byte, now time.Time) call {
	id, okID := textField(body, `"partner_user_id":"`)
	event, okEvent := textField(body, `"partner_event_id":"`)
	n, okN := numberField(body, `"n":`)
	sent, hasSent := numberField(body, `"sent_us":`)

	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.calls++
	j.inFlight++
	j.peak = max(j.peak, j.inFlight)
	if j.first.IsZero() {
		j.first = now
	}
	j.last = now
	if !okID || !okEvent || !okN {
		j.unreadable++
		return call{number: j.calls}
	}
	if hasSent {
		j.delays = append(j.delays, int32(now.UnixMicro()-sent))
	}
	who := j.userOf(id, now)
	who.class.Calls++
	who.class.LastMs = millis(now)
	who.inFlight++
	if who.inFlight > 1 {
		j.overlaps++
	}
	if _, known := j.events[string(event)]; known {
		j.repeats++
	} else {
		j.events[string(event)] = struct{}{}
		if int(n) <= who.highest {
			j.outOfOrder++
		}
		who.highest = max(who.highest, int(n))
	}
	return call{number: j.calls, user: who}
}

func (j *judge) answered(c call) {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	// A call of before a reset must not make the count negative.
	j.inFlight = max(0, j.inFlight-1)
	if c.user != nil {
		c.user.inFlight--
	}
}

func (j *judge) userOf(id []byte, now time.Time) *user {
	who, known := j.users[string(id)]
	if known {
		return who
	}
	name, _, _ := strings.Cut(string(id), "-")
	kind, known := j.classes[name]
	if !known {
		kind = &class{FirstMs: millis(now)}
		j.classes[name] = kind
	}
	who = &user{highest: -1, class: kind}
	j.users[string(id)] = who
	return who
}

// summary is JSON; times are milliseconds since the epoch.
func (j *judge) summary() string {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	delays := append([]int32(nil), j.delays...)
	sort.Slice(delays, func(a, b int) bool { return delays[a] < delays[b] })
	text, err := json.Marshal(map[string]any{
		"calls": j.calls, "events": len(j.events), "users": len(j.users), "repeats": j.repeats, "outOfOrder": j.outOfOrder, "overlaps": j.overlaps,
		"unreadable": j.unreadable, "inFlight": j.inFlight, "peak": j.peak, "firstMs": millis(j.first), "lastMs": millis(j.last),
		"classes": j.classes,
		"delayMs": map[string]float64{"count": float64(len(delays)), "p50": quantile(delays, 0.5), "p99": quantile(delays, 0.99), "max": quantile(delays, 1)},
	})
	if err != nil {
		return `{}`
	}
	return string(text)
}

func quantile(sorted []int32, q float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return float64(sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]) / 1000
}

func millis(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMicro()) / 1000
}

func textField(body []byte, name string) ([]byte, bool) {
	start := bytes.Index(body, []byte(name))
	if start < 0 {
		return nil, false
	}
	value := body[start+len(name):]
	end := bytes.IndexByte(value, '"')
	if end < 0 {
		return nil, false
	}
	return value[:end], true
}

func numberField(body []byte, name string) (int64, bool) {
	start := bytes.Index(body, []byte(name))
	if start < 0 {
		return 0, false
	}
	value := body[start+len(name):]
	end := 0
	for end < len(value) && value[end] >= '0' && value[end] <= '9' {
		end++
	}
	number, err := strconv.ParseInt(string(value[:end]), 10, 64)
	return number, err == nil
}
