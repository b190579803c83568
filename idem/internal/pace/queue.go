package pace

import "container/heap"

// waiter is a request in the queue.
type waiter struct {
	Turn

	seq   uint64
	index int           // in the queue
	ready chan struct{} // closed once done
	done  bool
	err   error // why it did not enter
}

func (w *waiter) finish(err error) {
	w.done, w.err = true, err
	close(w.ready)
}

// queue is a heap of the requests that wait.
type queue []*waiter //nolint:recvcheck // as container/heap has it

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	a, b := q[i], q[j]
	switch {
	case a.Urgent != b.Urgent:
		return a.Urgent
	case a.Urgent && !a.Latest.Equal(b.Latest):
		return a.Latest.Before(b.Latest)
	default:
		return a.seq < b.seq
	}
}

func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push adds a waiter at the end, for container/heap.
func (q *queue) Push(x any) {
	w, _ := x.(*waiter)
	w.index = len(*q)
	*q = append(*q, w)
}

// Pop takes the last one, for container/heap.
func (q *queue) Pop() any {
	last := len(*q) - 1
	w := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return w
}

func (p *Pacer) joinQueue(w *waiter) {
	heap.Push(&p.queue, w)
	if w.Urgent {
		p.urgent++
	}
}

func (p *Pacer) leaveQueue(w *waiter) {
	heap.Remove(&p.queue, w.index)
	if w.Urgent {
		p.urgent--
	}
}
