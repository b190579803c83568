package sendonce

import (
	"net"
	"sync"
	"syscall"
	"unsafe"
)

// socket shows a TCP connection's queues in the kernel.
type socket struct {
	raw syscall.RawConn
	ask func(fd uintptr)

	mu      sync.Mutex
	request uintptr
	answer  int32
	errno   syscall.Errno
}

func socketQueues(c net.Conn) queues {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return noQueues{}
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return noQueues{}
	}
	s := &socket{raw: raw}
	s.ask = func(fd uintptr) { // made once, so that asking costs no memory; it never blocks
		_, _, s.errno = syscall.RawSyscall(syscall.SYS_IOCTL, fd, s.request,
			uintptr(unsafe.Pointer(&s.answer))) //nolint:gosec // the kernel writes an int there
	}
	return s
}

// Unread is FIONREAD.
func (s *socket) Unread() int { return s.count(syscall.TIOCINQ) }

// Unacknowledged is SIOCOUTQ: what was not sent yet is part of it.
func (s *socket) Unacknowledged() int { return s.count(syscall.TIOCOUTQ) }

func (s *socket) count(request uintptr) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.request, s.errno = request, 0
	if err := s.raw.Control(s.ask); err != nil || s.errno != 0 {
		return -1
	}
	return int(s.answer)
}
