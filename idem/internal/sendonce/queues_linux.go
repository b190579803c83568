package sendonce

import (
	"net"
	"sync"
	"syscall"
	"unsafe"
)

// socket asks the kernel about a TCP connection's queues.
type socket struct {
	raw syscall.RawConn
	ask func(fd uintptr)

	mu      sync.Mutex
	request uintptr
	answer  int32
	errno   syscall.Errno
}

// socketQueues returns nil for what is no TCP socket.
func socketQueues(c net.Conn) queues {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	s := &socket{raw: raw}
	s.ask = s.ioctl // made once: a question costs no memory
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

// ioctl never blocks, so the scheduler need not know of it.
func (s *socket) ioctl(fd uintptr) {
	_, _, s.errno = syscall.RawSyscall(syscall.SYS_IOCTL, fd, s.request,
		uintptr(unsafe.Pointer(&s.answer))) //nolint:gosec // the kernel writes an int there
}
