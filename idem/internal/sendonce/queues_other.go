//go:build !linux

package sendonce

import "net"

func socketQueues(net.Conn) queues { return noQueues{} }
