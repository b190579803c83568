package live

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/sandbox/fakeserver"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// line is a request under a key, or without one.
func line(key string, result fakeserver.Result, status int, fault fakeserver.Fault) fakeserver.Line {
	return fakeserver.Line{
		Time: noon, Account: "acme", Method: "POST", Path: "/v3/passes", Operation: "IssuePass",
		Key: key, KeyName: "key_0001", Result: result, Status: status, Fault: fault, Phase: fault.Phase(), DurationMS: 1,
	}
}

func TestStateOfALane(t *testing.T) {
	const (
		executed, replayed = fakeserver.ResultExecuted, fakeserver.ResultReplayed
		rejected, dropped  = fakeserver.ResultRejected, fakeserver.ResultDropped
	)
	for _, row := range []struct {
		state string
		lines []fakeserver.Line
	}{
		{"done", []fakeserver.Line{line("k", executed, 201, "")}},
		{"done", []fakeserver.Line{line("k", executed, 201, "delay-after=2s")}},
		{"done", []fakeserver.Line{line("k", executed, 0, "lose-response"), line("k", replayed, 201, "")}},
		{"running", []fakeserver.Line{line("k", executed, 0, "lose-response"), line("k", fakeserver.ResultPending, 0, "")}},
		{"executed, response lost", []fakeserver.Line{line("k", executed, 0, "lose-response")}},
		{"executed, response lost", []fakeserver.Line{line("k", executed, 201, "cut-response")}},
		{"executed, client got a proxy's page", []fakeserver.Line{line("k", executed, 200, "proxy-page-after=200")}},
		{"executed, client got 504", []fakeserver.Line{line("k", executed, 504, "proxy-page-after=504")}},
		{"executed, client got 500", []fakeserver.Line{line("k", executed, 500, "server-error-after=500")}},
		{"executed, client got 500", []fakeserver.Line{line("k", executed, 0, "lose-response"), line("k", replayed, 500, "")}},
		{"executed, client got 500", []fakeserver.Line{
			line("k", executed, 500, "server-error-after=500"), line("k", replayed, 0, "lose-response"),
		}},
		{"executed, response lost", []fakeserver.Line{
			line("k", executed, 0, "lose-response"), line("k", rejected, 503, "unavailable=1s"),
		}},
		{"executed more than once", []fakeserver.Line{line("k", executed, 201, ""), line("k", executed, 201, "")}},
		{"done", []fakeserver.Line{line("", executed, 200, ""), line("", executed, 200, "")}},
		{"rejected", []fakeserver.Line{line("k", rejected, 404, "")}},
		{"not executed yet", []fakeserver.Line{line("k", rejected, 503, "unavailable=1s")}},
		{"not executed yet", []fakeserver.Line{line("k", dropped, 0, "reset-before")}},
		{"not executed yet", []fakeserver.Line{line("k", rejected, 429, "too-many=1s")}},
		{"failed, stored", []fakeserver.Line{line("k", replayed, 422, "")}},
	} {
		all := accounts(row.lines, nil, "/v3")
		require.Len(t, all, 1)
		require.Len(t, all[0].Lanes, 1)
		assert.Equal(t, row.state, all[0].Lanes[0].State, "%+v", row.lines)
	}
}

// A mark reports that no response came only where that is so.
func TestMarksSayWhatTheClientGot(t *testing.T) {
	for fault, row := range map[fakeserver.Fault]struct {
		status int
		short  string
	}{
		"": {201, ""}, "delay-after=1s": {201, ""}, "server-error-after=500": {500, ""}, "proxy-page-after=200": {200, ""},
		"lose-response": {0, "no response"}, "cut-response": {201, "response cut"},
	} {
		all := accounts([]fakeserver.Line{line("k", fakeserver.ResultExecuted, row.status, fault)}, nil, "")
		assert.Equal(t, row.short, all[0].Lanes[0].Marks[0].Short, fault)
	}
	all := accounts([]fakeserver.Line{line("k", fakeserver.ResultDropped, 0, "reset-before")}, nil, "")
	assert.Empty(t, all[0].Lanes[0].Marks[0].Short, "dropped says it")
}

// Each account has its own lanes: the same key is another one there.
func TestAccountsAreApart(t *testing.T) {
	mine, theirs, read := line("key-of-both-accounts", "executed", 201, ""), line("key-of-both-accounts", "executed", 201, ""),
		line("", "executed", 200, "")
	theirs.Account = "team-b"
	read.Method, read.Path = "GET", "/v3/passes/1"
	counts := []fakeserver.Count{{Account: "acme", Requests: 2, Executed: 2}, {Account: "acme", Requests: 1, Rejected: 1}}
	all := accounts([]fakeserver.Line{mine, theirs, read}, counts, "/v3")
	require.Len(t, all, 2)
	assert.Equal(t, fakeserver.Count{Requests: 3, Executed: 2, Rejected: 1}, all[0].Sum)
	require.Len(t, all[0].Lanes, 1)
	require.Len(t, all[0].Reads, 1, "reads are apart")
	assert.Equal(t, "/passes/1", all[0].Reads[0].Path, "without the base path")
	assert.Equal(t, "key_0001", all[0].Lanes[0].KeyName)
	assert.NotContains(t, all[0].Lanes[0].Key, "both-accounts", "no key is shown in full")
	assert.Len(t, all[1].Lanes, 1)
}

func TestLanesAndMarksAreBounded(t *testing.T) {
	var lines []fakeserver.Line
	for i := range maxLines {
		lines = append(lines, line(fmt.Sprint("key-", i%(maxLanes+7)), "rejected", 503, ""))
	}
	for range maxMarks + 5 {
		lines = append(lines, line("key-0", "rejected", 503, ""))
	}
	all := accounts(lines, nil, "")
	require.Len(t, all[0].Lanes, maxLanes)
	assert.Equal(t, 7, all[0].Earlier)
	busy := accounts(lines[maxLines:], nil, "")[0].Lanes[0]
	assert.Len(t, busy.Marks, maxMarks)
	assert.Equal(t, 5, busy.Earlier)
}

func TestStateIsBounded(t *testing.T) {
	state := `{"accounts":[{"name":"acme","clients":[`
	for i := range maxClients + 3 {
		if i > 0 {
			state += ","
		}
		state += fmt.Sprintf(`{"id":"c%d","credits":3,"passes":[`, i)
		for n := range i {
			if n > 0 {
				state += ","
			}
			state += fmt.Sprintf(`{"id":"p%d","status":"ACTIVE","categories":[{"type":"GYM","visits_allowed":8,"visits_used":2}]}`, n)
		}
		state += "]}"
	}
	all, err := newHoldings("bardge", json.RawMessage(state+"]}]}"))
	require.NoError(t, err)
	require.Len(t, all[0].Clients, maxClients)
	assert.Equal(t, 3, all[0].More)
	passes := all[0].Clients[maxClients-2].Groups[0]
	require.Len(t, passes.Items, maxItems)
	assert.Equal(t, item{"p10", "visits: gym 2 of 8", "active"}, passes.Items[0], "the newest is first")
	assert.Positive(t, passes.More)
	assert.Equal(t, "3 credits", all[0].Clients[0].Balance)

	all, err = newHoldings("bluesnap", json.RawMessage(`{"accounts":[{"name":"m","shoppers":[{"vaulted_shopper_id":"1",
		"first_name":"Ada","transactions":[{"transaction_id":"38","status":"SUCCESS","currency":"USD","amount":"11.00",
		"captured":"11.00","refunded":"0.00","reversed":true}]}]}]}`))
	require.NoError(t, err)
	assert.Equal(t, client{ID: "1", Name: "Ada", Groups: []group{{Title: "Payments", Items: []item{
		{"38", "11.00 USD, captured 11.00, refunded 0.00, reversed", "success"},
	}}}}, all[0].Clients[0])
}

// Every ledger and every state can be shown.
func FuzzSnapshot(f *testing.F) {
	f.Add([]byte(`[{"account":"a","key":"k","result":"executed","status":201,"fault":"lose-response"}]`), []byte(`{"accounts":[]}`))
	f.Add([]byte(`[{"path":"/v3/x","result":"replayed"},{}]`), []byte(`{"accounts":[{"clients":[{"passes":[{}],"bookings":[{}]}]}]}`))
	f.Fuzz(func(t *testing.T, ledger, state []byte) {
		var lines []fakeserver.Line
		if json.Unmarshal(ledger, &lines) == nil {
			for _, a := range accounts(lines, nil, "/v3") {
				for _, l := range a.Lanes {
					assert.NotEmpty(t, l.State)
					assert.NotEmpty(t, l.Marks)
				}
			}
		}
		for _, vendor := range []string{"bardge", "bluesnap"} {
			_, _ = newHoldings(vendor, state)
		}
	})
}
