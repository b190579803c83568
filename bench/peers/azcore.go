package peers

import (
	"context"
	"errors"
	"net/http"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"
	"github.com/google/uuid"
)

// Azcore is the Azure SDK's pipeline with its default retries (3, from 0.8 s),
// a timeout for each try, and a key on each call.
var Azcore = Peer{Name: "azcore, keyed", Version: "v1.24.0", Keeps: true, New: newAzcore}

type azcoreClient struct {
	pipeline runtime.Pipeline
	client   *http.Client
	url      string
}

func newAzcore(s Setup) (Client, error) {
	s = s.withDefaults()
	client := s.httpClient()
	return &azcoreClient{
		pipeline: runtime.NewPipeline("bench", "v1.0.0", runtime.PipelineOptions{}, &policy.ClientOptions{
			Transport: client,
			Retry:     policy.RetryOptions{TryTimeout: s.Timeout, RetryDelay: s.Backoff},
		}),
		client: client,
		url:    s.BaseURL + Path,
	}, nil
}

func (c *azcoreClient) Issue(ctx context.Context, n int) Result {
	req, err := runtime.NewRequest(ctx, http.MethodPost, c.url)
	if err != nil {
		return unknown(err)
	}
	setHeaders(req.Raw().Header)
	req.Raw().Header.Set(keyHeader, uuid.NewString())
	if err := runtime.MarshalAsJSON(req, paramsOf(n)); err != nil {
		return unknown(err)
	}
	resp, err := c.pipeline.Do(req)
	if err != nil {
		return unknown(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if !runtime.HasStatusCode(resp, http.StatusOK, http.StatusCreated) {
		return azcoreFailed(runtime.NewResponseError(resp))
	}
	var p pass
	if err := runtime.UnmarshalAsJSON(resp, &p); err != nil {
		return unknown(err)
	}
	return done(p.ID)
}

func azcoreFailed(err error) Result {
	if e := (*azcore.ResponseError)(nil); errors.As(err, &e) {
		return failed(e.StatusCode, err)
	}
	return unknown(err)
}

func (c *azcoreClient) Close() { c.client.CloseIdleConnections() }
