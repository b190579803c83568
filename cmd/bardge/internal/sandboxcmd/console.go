package sandboxcmd

import (
	"context"

	"github.com/spf13/pflag"

	"github.com/bardge/bardge-go/cmd/bardge/internal/console/live"
	"github.com/bardge/bardge-go/cmd/bardge/internal/console/web"
	"github.com/bardge/bardge-go/internal/sandboxserver"
)

// console is the page of live requests beside a sandbox. It has a port of its
// own: pages on the API's listener would share an origin with all that the API
// answers, a proxy's page among it, and the sandbox may listen for others.
type console struct {
	off  bool
	addr string
}

func (c *console) addFlags(flags *pflag.FlagSet) {
	flags.BoolVar(&c.off, "no-console", false, "serve no page of live requests")
	flags.StringVar(&c.addr, "console-addr", "127.0.0.1:0",
		"serve the page of live requests at this loopback `address`; port 0 is any free one")
}

// open listens for the page's browsers.
func (c *console) open(ctx context.Context, s *sandboxserver.Server) (sandboxserver.Console, error) {
	client, err := s.Client()
	if err != nil {
		return nil, err
	}
	sandbox, err := live.New(s.Origin(), client)
	if err != nil {
		return nil, err
	}
	server, err := web.Listen(ctx, web.Config{Addr: c.addr, Sections: []web.Section{live.Section(sandbox)}})
	if err != nil {
		return nil, err
	}
	return pages{server}, nil
}

// pages are a console as a sandbox announces it.
type pages struct{ *web.Server }

// URL is the address with the token.
func (p pages) URL() string { return p.Ready().URL }
