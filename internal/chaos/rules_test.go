package chaos_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go/internal/chaos"
)

const replayed = "X-Idempotent-Replayed"

func TestRulesReplay(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		first, second := send(t.Context(), op, "key"), send(t.Context(), op, "key")
		require.NoError(t, first.err)
		assert.Equal(t, 201, first.status)
		assert.NotContains(t, first.header, replayed)
		assert.Equal(t, 201, second.status)
		assert.Equal(t, "true", second.header.Get(replayed))
		assert.Equal(t, first.body, second.body)
		assert.Equal(t, first.header.Get("Bardge-Request-Id"), second.header.Get("Bardge-Request-Id"))
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
}

func TestRulesForgetAfterTheTTLCountedFromTakingUp(t *testing.T) {
	for name, row := range map[string]struct {
		after      time.Duration // of the second request, since the first
		executions int
	}{
		"a second before": {89 * time.Second, 1},
		"at its end":      {90 * time.Second, 2},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
				w.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 10 * time.Second})
				start := time.Now()
				send(t.Context(), op, "key")
				time.Sleep(row.after - time.Since(start))
				send(t.Context(), op, "key")
				assert.Equal(t, row.executions, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestRulesKeepAKeyInUse(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		w.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 2 * time.Minute})
		send(t.Context(), op, "key")
		time.Sleep(100 * time.Second)
		second := send(t.Context(), op, "key")
		assert.Equal(t, 201, second.status)
		w.Resolve()
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
}

func TestRulesConcurrent(t *testing.T) {
	for name, row := range map[string]struct {
		rules  chaos.Rules
		status int
		takes  time.Duration // beside the time on the way
	}{
		"first rules: wait and share":   {chaos.BardgeRules(), 201, 4 * time.Second},
		"second rules: in progress 409": {chaos.SecondRules(), 409, 0},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Rules: row.rules}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
				w.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: 5 * time.Second})
				first := make(chan seen)
				go func() { first <- send(t.Context(), op, "key") }()
				time.Sleep(time.Second)
				start := time.Now()
				second := send(t.Context(), op, "key")
				assert.Equal(t, row.status, second.status)
				assert.Equal(t, row.takes, time.Since(start).Truncate(time.Second))
				assert.Equal(t, 201, (<-first).status)
				assert.Equal(t, 1, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestRulesAWaitingClientMayLeave(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		w.Script("op", chaos.Fault{Kind: chaos.SlowBefore, Wait: time.Minute})
		go send(t.Context(), op, "key")
		time.Sleep(time.Second)
		require.Error(t, send(t.Context(), op, "key").err)
		w.Resolve()
		assert.Contains(t, w.Ledger.Timeline(op), "waited for the first and left")
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
}

func TestRulesMismatch(t *testing.T) {
	for name, row := range map[string]struct {
		rules  chaos.Rules
		path   string
		body   string
		status int
		says   string
	}{
		"another body":                        {chaos.BardgeRules(), "/do/op", `{"operation":"op","more":1}`, 409, "idempotency_key_reused"},
		"another body, second rules":          {chaos.SecondRules(), "/do/op", `{"operation":"op","more":1}`, 422, "60101"},
		"another query":                       {chaos.BardgeRules(), "/do/op?a=b", `{"operation":"op"}`, 201, "thing-op"},
		"another query, second rules":         {chaos.SecondRules(), "/do/op?a=b", `{"operation":"op"}`, 422, "60101"},
		"the same request":                    {chaos.BardgeRules(), "/do/op", `{"operation":"op"}`, 201, "thing-op"},
		"the same request, second rules":      {chaos.SecondRules(), "/do/op", `{"operation":"op"}`, 201, "thing-op"},
		"a body that names another operation": {chaos.BardgeRules(), "/do/op", `{"operation":"po"}`, 400, "validation_error"},
		"the same, where no key protects":     {chaos.BardgeRules(), "/unguarded/op", `{"operation":"po"}`, 400, "validation_error"},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Rules: row.rules}, func(t *testing.T, w *chaos.World) {
				require.Equal(t, 201, plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), "key").status)
				got := post(t, w, row.path, "key", row.body)
				assert.Equal(t, row.status, got.status)
				assert.Contains(t, got.body, row.says)
				assert.Equal(t, 1, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestRulesKeepAccountsApart(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		client := &http.Client{Transport: &http.Transport{DialContext: w.DialContext}}
		for _, account := range []string{"Bearer one", "Bearer two", "Bearer one"} {
			req := request(t.Context(), w, chaos.NewOp(chaos.Keyed, "op"), "key")
			req.Header.Set("Authorization", account)
			resp, err := client.Do(req)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
		}
		assert.Equal(t, 2, w.Ledger.Executed("op"))
	})
}

func TestRulesSecondEchoesTheKeyAndMarksNothing(t *testing.T) {
	in(t, chaos.Config{Rules: chaos.SecondRules()}, func(t *testing.T, w *chaos.World) {
		op, send := chaos.NewOp(chaos.Keyed, "op"), plain(w)
		for range 2 {
			got := send(t.Context(), op, "key")
			assert.Equal(t, "key", got.header.Get("Idempotency-Key"))
			assert.NotContains(t, got.header, replayed)
		}
		time.Sleep(23 * time.Hour)
		send(t.Context(), op, "key")
		assert.Equal(t, 1, w.Ledger.Executed("op"))
	})
}

func TestRulesIllegalKeys(t *testing.T) {
	for name, row := range map[string]struct {
		rules  chaos.Rules
		key    string
		status int
	}{
		"255 characters":               {chaos.BardgeRules(), strings.Repeat("k", 255), 201},
		"256 characters":               {chaos.BardgeRules(), strings.Repeat("k", 256), 400},
		"a space inside":               {chaos.BardgeRules(), "a b", 400},
		"64 characters, second rules":  {chaos.SecondRules(), strings.Repeat("k", 64), 201},
		"65 characters, second rules":  {chaos.SecondRules(), strings.Repeat("k", 65), 400},
		"an underscore":                {chaos.BardgeRules(), "a_b", 201},
		"an underscore, second rules":  {chaos.SecondRules(), "a_b", 400},
		"no key: processed normally":   {chaos.BardgeRules(), "", 201},
		"no key, second rules: likely": {chaos.SecondRules(), "", 201},
	} {
		t.Run(name, func(t *testing.T) {
			in(t, chaos.Config{Rules: row.rules}, func(t *testing.T, w *chaos.World) {
				assert.Equal(t, row.status, plain(w)(t.Context(), chaos.NewOp(chaos.Keyed, "op"), row.key).status)
			})
		})
	}
}

func TestClassesProtectWhatTheySay(t *testing.T) {
	for _, row := range []struct {
		class      chaos.Class
		key        string
		second     int
		executions int
	}{
		{chaos.Keyed, "key", 201, 1},
		{chaos.Keyed, "", 201, 2},
		{chaos.KeyUnverified, "key", 201, 2},
		{chaos.Idempotent, "key", 409, 1},
		{chaos.Safe, "", 200, 0},
	} {
		t.Run(string(row.class)+" "+row.key, func(t *testing.T) {
			in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(row.class, "op"), plain(w)
				send(t.Context(), op, row.key)
				assert.Equal(t, row.second, send(t.Context(), op, row.key).status)
				assert.Equal(t, row.executions, w.Ledger.Executed("op"))
			})
		})
	}
}

func TestCancelChangesWhatIsRead(t *testing.T) {
	in(t, chaos.Config{}, func(t *testing.T, w *chaos.World) {
		send := plain(w)
		assert.Contains(t, send(t.Context(), chaos.NewOp(chaos.Safe, "op"), "").body, `"status":"confirmed"`)
		assert.Contains(t, send(t.Context(), chaos.NewOp(chaos.Idempotent, "op"), "").body, `"status":"cancelled"`)
		assert.Contains(t, send(t.Context(), chaos.NewOp(chaos.Safe, "op"), "").body, `"status":"cancelled"`)
		assert.Contains(t, send(t.Context(), chaos.NewOp(chaos.Idempotent, "op"), "").body, "already_cancelled")
	})
}

func TestRefusalBehindTheLayerIsStored(t *testing.T) {
	for _, class := range []chaos.Class{chaos.Keyed, chaos.Idempotent, chaos.KeyUnverified} {
		t.Run(string(class), func(t *testing.T) {
			in(t, chaos.Config{Faults: chaos.Faults{Refused: 1}}, func(t *testing.T, w *chaos.World) {
				op, send := chaos.NewOp(class, "op"), plain(w)
				first, second := send(t.Context(), op, "key"), send(t.Context(), op, "key")
				assert.Equal(t, 4, first.status/100)
				assert.Equal(t, first.status, second.status)
				assert.Equal(t, class == chaos.Keyed, second.header.Get(replayed) == "true")
				assert.Zero(t, w.Ledger.Executed("op"))
			})
		})
	}
}
