package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/bardge/bardge-go"
)

// A picture says what is known, and no more: a person who reports that nothing
// was executed is no server that rejects, and the journal does not have when an
// operation that was sent again was done.
func TestPicturesSayWhatIsKnown(t *testing.T) {
	t.Parallel()
	o := newOffice(t, sqliteStore(t))
	o.ago(3*time.Hour, func(ctx context.Context, c *bardge.Client) { o.losePass(ctx, c, "order-1") })
	c := o.program(secret)
	o.issue(c, "order-2", true)
	closed(t, c)
	picture := func(ref string) string { return o.done("journal", "show", ref, "--svg").stdout }

	assert.Contains(t, picture("order-1"), ">now, +3 h")
	assert.NotContains(t, picture("order-1"), ">then waited<", "a journal has no waits")
	o.done("journal", "resolve", "order-1", "--not-executed", "--by", "ada", "--yes")
	svg := picture("order-1")
	assert.Contains(t, svg, "IssuePass: not executed after 1 attempt")
	assert.NotContains(t, svg, ">rejected")
	assert.NotContains(t, svg, ">now,", "nothing goes on")

	assert.Contains(t, picture("order-2"), ">key ends, +")
	o.done("journal", "recover")
	svg = picture("order-2")
	for _, says := range []string{
		"IssuePass: done after 2 attempts", ">done 201<", "2 attempts; the journal keeps only the last.",
	} {
		assert.Contains(t, svg, says)
	}
}
