package sandbox

import "github.com/bardge/bardge-go/gen"

// refs returns the short forms of a client's passes, newest first.
func (s *state) refs(owner *client) []gen.PassRef {
	if !s.preview {
		return nil
	}
	held := owner.passes.inOrder()
	refs := make([]gen.PassRef, len(held))
	for i, pass := range held {
		refs[len(held)-1-i] = gen.PassRef{
			ID: pass.ID, PassID: pass.PassID, PassName: pass.PassName, Status: pass.view(s.now(), "").Status,
			Created: pass.Created, ExpiresAt: pass.ExpiresAt,
		}
	}
	return refs
}
