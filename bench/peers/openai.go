package peers

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"
	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// OpenAI is openai-go, for the SDKs that Stainless generates: 2 retries, a
// timeout for each request as documented, and a key on each call.
var OpenAI = Peer{Name: "openai-go, keyed", Version: "v3.99.0", Keeps: true, New: newOpenAI}

type openAIClient struct {
	client openai.Client
	http   *http.Client
}

func newOpenAI(s Setup) (Client, error) {
	s = s.withDefaults()
	client := s.httpClient()
	opts := []option.RequestOption{
		option.WithBaseURL(s.BaseURL),
		option.WithHTTPClient(client),
		option.WithAPIKey(apiKey),
		option.WithRequestTimeout(s.Timeout),
	}
	if s.Backoff != 0 {
		opts = append(opts, option.WithMaxRetryDelay(s.Backoff))
	}
	return &openAIClient{client: openai.NewClient(opts...), http: client}, nil
}

func (c *openAIClient) Issue(ctx context.Context, n int) Result {
	var p pass
	err := c.client.Post(ctx, Path, paramsOf(n), &p, option.WithHeader(keyHeader, uuid.NewString()))
	if e := (*openai.Error)(nil); errors.As(err, &e) {
		return failed(e.StatusCode, err)
	}
	if err != nil {
		return unknown(err)
	}
	return done(p.ID)
}

func (c *openAIClient) Close() { c.http.CloseIdleConnections() }
