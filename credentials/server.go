package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"partway/transfer"
)

// metadataAddress is where an ECS instance asks about itself. No other computer answers there.
const metadataAddress = "http://100.100.100.200"

const (
	rolePath  = "/latest/meta-data/ram/security-credentials/"
	tokenPath = "/latest/api/token" //nolint:gosec // a path, no token
	// instanceLimit is how long the metadata may take to answer: they are on this machine.
	instanceLimit = 5 * time.Second
)

// ask sends a request and reads its answer. Redirects are not followed, so that what is asked
// for comes from where the person said.
func ask(client *http.Client, r *http.Request, whom string) (status int, body []byte, err error) {
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := own.Do(r)
	if err != nil {
		return 0, nil, unreached(whom, err)
	}
	defer func() { _ = answer.Body.Close() }() // only read from
	body, err = io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return 0, nil, unreached(whom, err)
	}
	return answer.StatusCode, body, nil
}

// statusFault is the error of an answer that is none: what is wrong over there may pass, what
// is wrong with the question does not.
func statusFault(whom string, status int) error {
	kind := transfer.KindAuth
	if status >= 500 || status == http.StatusTooManyRequests {
		kind = transfer.KindTransient
	}
	return fault(kind, fmt.Errorf("%s: status %d", whom, status))
}

// fromURI asks a server.
func (p *Provider) fromURI(ctx context.Context, uri string) (transfer.Credentials, error) {
	const whom = "the server for credentials"
	client, err := p.client()
	if err != nil {
		return transfer.Credentials{}, fault(transfer.KindAuth, err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, http.NoBody)
	if err != nil {
		return transfer.Credentials{}, fault(transfer.KindAuth, errors.New("the credentials URI is not a URL"))
	}
	status, body, err := ask(client, r, whom)
	switch {
	case err != nil:
		return transfer.Credentials{}, err
	case status != http.StatusOK:
		return transfer.Credentials{}, statusFault(whom, status)
	}
	c, err := transfer.ParseCredentials(body)
	if err != nil {
		return c, fault(transfer.KindAuth, errors.New(whom+" did not answer JSON with an access key ID and its secret"))
	}
	return c, nil
}

// fromInstance asks the metadata of the ECS instance that this computer is, in the way that
// needs a token first, and in the older one where that is not known.
func (p *Provider) fromInstance(ctx context.Context, role string) (transfer.Credentials, error) {
	client := &http.Client{Timeout: instanceLimit, Transport: &http.Transport{DisableKeepAlives: true}} // no proxy is on the way
	token, err := p.metadataToken(ctx, client)
	if err != nil {
		return transfer.Credentials{}, err
	}
	if role == "" {
		name, err := p.metadatum(ctx, client, token, rolePath)
		if err != nil {
			return transfer.Credentials{}, err
		}
		role = strings.TrimSpace(string(name))
	}
	body, err := p.metadatum(ctx, client, token, rolePath+url.PathEscape(role))
	if err != nil {
		return transfer.Credentials{}, err
	}
	c, err := transfer.ParseCredentials(body)
	if err != nil {
		return c, fault(transfer.KindAuth, errors.New("the instance's metadata hold no credentials of this role"))
	}
	return c, nil
}

const metadata = "the ECS instance's metadata"

func (p *Provider) metadataToken(ctx context.Context, client *http.Client) (string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, p.metadata+tokenPath, http.NoBody)
	if err != nil {
		return "", fault(transfer.KindAuth, err)
	}
	r.Header.Set("X-Aliyun-Ecs-Metadata-Token-Ttl-Seconds", "60")
	status, body, err := ask(client, r, metadata)
	switch {
	case err != nil:
		return "", err
	case status >= 500:
		return "", statusFault(metadata, status)
	case status != http.StatusOK:
		return "", nil // an older service
	}
	return strings.TrimSpace(string(body)), nil
}

func (p *Provider) metadatum(ctx context.Context, client *http.Client, token, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.metadata+path, http.NoBody)
	if err != nil {
		return nil, fault(transfer.KindAuth, err)
	}
	if token != "" {
		r.Header.Set("X-Aliyun-Ecs-Metadata-Token", token)
	}
	status, body, err := ask(client, r, metadata)
	switch {
	case err != nil:
		return nil, err
	case status == http.StatusNotFound:
		return nil, fault(transfer.KindAuth, errors.New("the ECS instance has no RAM role of this name"))
	case status != http.StatusOK:
		return nil, statusFault(metadata, status)
	}
	return body, nil
}
