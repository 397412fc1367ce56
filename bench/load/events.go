package main

import (
	"strconv"
	"time"
)

// events makes the tracks of one connection: users of its own, so that each user's order is the order of sending.
type events struct {
	plan   plan
	index  int
	number int
	// The place of each user's next event.
	next []int
}

func newEvents(p plan, index int) *events {
	return &events{plan: p, index: index, next: make([]int, max(1, p.users/p.connections))}
}

func (e *events) appendBody(to []byte, now time.Time) []byte {
	if e.plan.batch == 0 {
		return e.appendEvent(to, now)
	}
	to = append(to, `{"batch":[`...)
	for i := 0; i < e.plan.batch; i++ {
		if i > 0 {
			to = append(to, ',')
		}
		to = e.appendEvent(to, now)
	}
	to = append(to, `],"sentAt":"`...)
	to = appendTime(to, now)
	return append(to, `"}`...)
}

func (e *events) appendEvent(to []byte, now time.Time) []byte {
	slot := e.number % len(e.next)
	e.number++
	place := e.next[slot]
	e.next[slot]++
	to = append(to, `{"type":"track","event":"Order Completed","messageId":"`...)
	to = append(to, e.plan.run...)
	to = append(to, '-')
	to = strconv.AppendInt(to, int64(e.index), 10)
	to = append(to, '-')
	to = strconv.AppendInt(to, int64(e.number), 10)
	to = append(to, `","userId":"u-`...)
	to = strconv.AppendInt(to, int64(slot*e.plan.connections+e.index), 10)
	to = append(to, `","timestamp":"`...)
	to = appendTime(to, now)
	to = append(to, `","properties":{"n":`...)
	to = strconv.AppendInt(to, int64(place), 10)
	to = append(to, `,"sent_us":`...)
	to = strconv.AppendInt(to, now.UnixMicro(), 10)
	return append(to, `,"order_id":"50314b8e9bcf000000000000","total":"27.50","currency":"USD","coupon":"hasbros","products":[{"product_id":"507f1f77bcf86cd799439011","sku":"45790-32","name":"Monopoly: 3rd Edition","price":19,"quantity":1}]},"context":{"ip":"203.0.113.7","library":{"name":"analytics-node","version":"3.1.0"},"traits":{"email":"john.doe@example.com"}}}`...)
}

func appendTime(to []byte, now time.Time) []byte {
	return now.UTC().AppendFormat(to, "2006-01-02T15:04:05.000Z")
}
