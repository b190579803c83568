package sandbox

import (
	"encoding/base64"
	"net/http"
	"time"

	"github.com/bardge/bardge-go/gen"
	"github.com/bardge/bardge-go/internal/wire"
)

// GenerateAccessCode makes a code that ends with the day, in UTC. The client
// needs a usable pass.
func (s *state) GenerateAccessCode(r *http.Request, in gen.GenerateAccessCodeParams) (*gen.AccessCode, error) {
	if err := required(field{"client_id", in.ClientID}); err != nil {
		return nil, err
	}
	c := callOf(r)
	owner, err := s.client(c, in.ClientID)
	if err != nil {
		return nil, err
	}
	var at *provider
	if in.ProviderID != "" {
		if at, err = s.provider("provider_id", in.ProviderID, ""); err != nil {
			return nil, err
		}
	}
	pass, err := s.passOf(owner, in.UserPassID, at)
	switch {
	case err != nil:
		return nil, err
	case s.opensVisit(pass, at):
		return nil, s.openVisit(c, owner, pass, at)
	case pass == nil || pass.view(s.now(), "").Status.Is(gen.IssuedPassExpired):
		return nil, invalid("user_pass_id", "names no pass that can be used")
	case at != nil && covering(pass.pack, at) == nil:
		return nil, invalid("provider_id", "is not covered by the pass")
	}
	c.Touched(pass.ID)
	return s.accessCode(owner), nil
}

func (s *state) accessCode(owner *client) *gen.AccessCode {
	code := s.ids.Next("CODE")
	return &gen.AccessCode{
		Object: "access_code", Code: code, QRCode: picture(code), ClientID: owner.ID,
		ExpiresAt: wire.Millis{Time: s.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, 1)},
		Message:   "Access code generated successfully",
	}
}

// picture returns a data URI that shows a code as text, not as a scannable
// image.
func picture(code string) string {
	image := `<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40">` +
		`<text x="8" y="24">` + code + `</text></svg>`
	return "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString([]byte(image))
}
