//go:build !linux

package sendonce

import "net"

// socketQueues returns nil: this platform shows nothing that is known here.
func socketQueues(net.Conn) queues { return nil }
