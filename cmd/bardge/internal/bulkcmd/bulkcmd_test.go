package bulkcmd

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/bulk"
	"github.com/bardge/bardge-go/cmd/bardge/internal/cli"
)

func TestKinds_HaveTheFieldsOfTheirRequests(t *testing.T) {
	for name, params := range map[string]reflect.Type{
		"issue": reflect.TypeFor[bardge.IssuePassParams](), "credits": reflect.TypeFor[bardge.PurchaseCreditsParams](),
	} {
		var want, got []string
		for f := range params.Fields() {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			want = append(want, tag)
		}
		for _, k := range kinds {
			for _, f := range k.fields {
				if k.name == name {
					got = append(got, f.name)
				}
			}
		}
		assert.Equal(t, want, got, name)
	}
	params, err := paramsOf[bardge.IssuePassParams](map[string]string{"client_id": "007", "phone": "0044"})
	require.NoError(t, err)
	assert.Equal(t, bardge.IssuePassParams{ClientID: "007", Phone: "0044"}, params)
}

func TestPerSecond(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "50/s": 50, "30/m": 0.5, "1.5/s": 1.5} {
		got, err := perSecond(text)
		require.NoError(t, err)
		assert.InDelta(t, want, got, 1e-9)
	}
	for _, text := range []string{"50", "0/s", "-1/s", "x/s", "5/h", "Inf/s", "NaN/s"} {
		_, err := perSecond(text)
		assert.Error(t, err, text)
	}
	assert.Zero(t, workersFor(0))
	assert.Zero(t, workersFor(50))
	assert.Equal(t, 15, workersFor(0.5))
	assert.Equal(t, 1, workersFor(0.001))
}

func TestProgress_ATerminalHasOneLineAndALogOneIn30Seconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		app := cli.NewApp(cli.Env{Stderr: &out, StderrIsTerminal: true})
		p := newProgress(app)
		p.update(bulk.Progress{Items: 1000, Total: 50_000, Done: 1000, Rate: 49.6, ETA: 16 * time.Minute})
		p.update(bulk.Progress{Items: 50_000, Total: 50_000, Done: 49_990, Failed: 10})
		p.end()
		assert.Equal(t, "\r[....................] 1000/50000; 50/s, 16m0s left"+
			"\r[####################] 50000/50000, 10 failed      \n", out.String())

		out.Reset()
		app.StderrIsTerminal = false
		p = newProgress(app)
		for range 70 {
			time.Sleep(time.Second)
			p.update(bulk.Progress{Items: 10, Total: 20, Done: 9, FromJournal: 1, Rate: 1})
		}
		p.update(bulk.Progress{Items: 10, Total: 20, PausedUntil: time.Now()})
		p.update(bulk.Progress{Items: 10, Total: 20, PausedUntil: time.Now(), Stopping: true})
		p.end()
		normal := "10 of 20 rows: 9 done, 1 from the journal, 0 failed, 0 wait, 0 in doubt; 1/s\n"
		assert.Equal(t, normal+normal+"10 of 20 rows: 0 done, 0 from the journal, 0 failed, 0 wait, 0 in doubt; "+
			"outage, next try at "+time.Now().Format(time.TimeOnly)+"\n", out.String())
	})
}
