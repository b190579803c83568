package memnet_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConnShowsItsQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		client.SetDelay(time.Second)
		send(t, client, "four")
		assert.Equal(t, 4, client.Unacknowledged(), "on its way")
		assert.Zero(t, server.Unread())
		time.Sleep(time.Second)
		assert.Zero(t, client.Unacknowledged(), "it has arrived")
		assert.Equal(t, 4, server.Unread(), "but was not read")
		_, err := receive(server)
		require.NoError(t, err)
		assert.Zero(t, server.Unread())

		client.Hold()
		send(t, client, "held")
		assert.Equal(t, 4, client.Unacknowledged())
		client.Release()
		time.Sleep(time.Second)
		assert.Zero(t, client.Unacknowledged())
	})
}

func TestConnShowsWhatVanishedForGood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := connect(t)
		client.SetDelay(time.Second)
		send(t, client, "on its way")
		server.Silence()
		send(t, client, "later")
		time.Sleep(time.Hour)
		assert.Equal(t, len("on its way")+len("later"), client.Unacknowledged())
		assert.Zero(t, server.Unread())
	})
}
