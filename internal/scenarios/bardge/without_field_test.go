package scenarios

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/bardge/bardge-go"
	"github.com/bardge/bardge-go/internal/sdktest"
)

func TestWithoutField_LeavesOutAndReplaces(t *testing.T) {
	params := bardge.IssuePassParams{ClientID: "c1", PassID: "p1", FirstName: "Ada"}
	for name, row := range map[string]struct {
		params bardge.IssuePassParams
		opts   []bardge.CallOption
		want   string
	}{
		"optional": {params, []bardge.CallOption{bardge.WithoutField("first_name")}, `{"client_id":"c1","pass_id":"p1"}`},
		"required": {params, []bardge.CallOption{bardge.WithoutField("client_id")}, `{"pass_id":"p1","first_name":"Ada"}`},
		"required, and not set": {
			bardge.IssuePassParams{PassID: "p1"},
			[]bardge.CallOption{bardge.WithoutField("client_id")},
			`{"pass_id":"p1"}`,
		},
		"under another name": {
			params,
			[]bardge.CallOption{bardge.WithExtraField("customer", "c1"), bardge.WithoutField("client_id")},
			`{"pass_id":"p1","first_name":"Ada","customer":"c1"}`,
		},
		"in another spelling": {
			params,
			[]bardge.CallOption{bardge.WithoutField("client_id"), bardge.WithExtraField("Client-ID", "c1")},
			`{"pass_id":"p1","first_name":"Ada","Client-ID":"c1"}`,
		},
		"with another value": {
			params,
			[]bardge.CallOption{bardge.WithoutField("client_id"), bardge.WithExtraField("client_id", 7)},
			`{"pass_id":"p1","first_name":"Ada","client_id":7}`,
		},
	} {
		t.Run(name, sdktest.BardgeTest(sdktest.Script{sdktest.Lose, sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), row.params, row.opts...)
			require.NoError(t, err)
			require.Len(t, s.Requests(), 2)
			for _, r := range s.Requests() {
				assert.JSONEq(t, row.want, r.Body)
			}
			assert.Equal(t, s.Requests()[0].Body, s.Requests()[1].Body)
		}))
	}
}

func TestWithoutField_RefusesWhatHasNoEffect(t *testing.T) {
	sdktest.WithBardge(t, sdktest.Script{sdktest.Essential}, func(t *testing.T, s *sdktest.Bardge) {
		issue := func(opts ...bardge.CallOption) error {
			_, _, err := s.Client.IssuedPasses.Issue(t.Context(), bardge.IssuePassParams{ClientID: "c1", PassID: "p1"}, opts...)
			return err
		}
		read := func(opts ...bardge.CallOption) error {
			_, _, err := s.Client.Passes.List(t.Context(), bardge.ListPassesParams{}, opts...)
			return err
		}
		cancel := func(opts ...bardge.CallOption) error {
			_, _, err := s.Client.Bookings.Cancel(t.Context(), "b1", opts...)
			return err
		}
		for want, err := range map[string]error{
			"field to leave out clientid is not in the body":   issue(bardge.WithoutField("clientid")),
			"field to leave out Client_ID is not in the body":  issue(bardge.WithoutField("Client_ID")),
			"field to leave out first_name is not in the body": issue(bardge.WithoutField("first_name")),
			"field to leave out pass_id is not in the body":    issue(bardge.WithoutField("pass_id"), bardge.WithoutField("pass_id")),
			"field to leave out has no name":                   issue(bardge.WithoutField("")),
			"field to leave out limit does not fit a GET":      read(bardge.WithoutField("limit")),
			"field to leave out reason is not in the body":     cancel(bardge.WithoutField("reason")),
			"extra field client_id is set already":             issue(bardge.WithoutField("pass_id"), bardge.WithExtraField("client_id", "c2")),
			"extra field Client-Id is set already":             issue(bardge.WithoutField("pass_id"), bardge.WithExtraField("Client-Id", "c2")),
			"IssuePassParams.ClientID is not set":              issueNothing(s, bardge.WithoutField("pass_id")),
			"field to leave out client_idd is not in the body": issueNothing(s, bardge.WithoutField("client_id"), bardge.WithoutField("pass_id"), bardge.WithoutField("client_idd")),
		} {
			require.ErrorContains(t, err, want)
			assert.Equal(t, bardge.OutcomeNotSent, bardge.OutcomeOf(err))
		}
		assert.Empty(t, s.Requests())
	})
	_, err := bardge.New("key-of-the-reseller", bardge.WithMaxAttempts(1))
	require.NoError(t, err)
}

func issueNothing(s *sdktest.Bardge, opts ...bardge.CallOption) error {
	_, _, err := s.Client.IssuedPasses.Issue(context.Background(), bardge.IssuePassParams{}, opts...)
	return err
}
