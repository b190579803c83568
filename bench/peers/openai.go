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
var OpenAI = openAI{keyed: true, retries: 2}.peer("openai-go, keyed")

// The same without retries of its own, without a key, and without both. They
// are not part of All.
var (
	OpenAIOnce        = openAI{keyed: true}.peer("openai-go, keyed")
	OpenAIKeyless     = openAI{retries: 2}.peer("openai-go")
	OpenAIKeylessOnce = openAI{}.peer("openai-go")
)

type openAI struct {
	keyed   bool
	retries int
}

func (c openAI) peer(name string) Peer {
	return Peer{
		Name: name, Version: "v3.99.0", Keeps: c.keyed,
		New: func(s Setup) (Client, error) { return newOpenAI(s, c), nil },
	}
}

type openAIClient struct {
	client openai.Client
	http   *http.Client
	keyed  bool
}

func newOpenAI(s Setup, c openAI) *openAIClient {
	s = s.withDefaults()
	client := s.httpClient()
	opts := []option.RequestOption{
		option.WithBaseURL(s.BaseURL),
		option.WithHTTPClient(client),
		option.WithAPIKey(apiKey),
		option.WithRequestTimeout(s.Timeout),
		option.WithMaxRetries(c.retries),
	}
	if s.Backoff != 0 {
		opts = append(opts, option.WithMaxRetryDelay(s.Backoff))
	}
	return &openAIClient{client: openai.NewClient(opts...), http: client, keyed: c.keyed}
}

func (c *openAIClient) Issue(ctx context.Context, n int) Result {
	var opts []option.RequestOption
	if c.keyed {
		opts = append(opts, option.WithHeader(keyHeader, uuid.NewString()))
	}
	var p pass
	err := c.client.Post(ctx, Path, paramsOf(n), &p, opts...)
	if e := (*openai.Error)(nil); errors.As(err, &e) {
		return failed(e.StatusCode, err)
	}
	if err != nil {
		return unanswered(err)
	}
	return done(p.ID)
}

func (c *openAIClient) Close() { c.http.CloseIdleConnections() }
