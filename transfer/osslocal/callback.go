package osslocal

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	maxCallback     = 5 << 10 // bytes of either header
	maxCallbackURLs = 5
	maxCallbackBody = 1 << 20 // bytes of an application server's answer
	callbackTimeout = 5 * time.Second
)

// callback is what a client asked to be called when its object is stored.
type callback struct {
	URL      string `json:"callbackUrl"`
	Host     string `json:"callbackHost"`
	Body     string `json:"callbackBody"`
	BodyType string `json:"callbackBodyType"`
	SNI      bool   `json:"callbackSNI"` // names the host in TLS, which nothing here speaks

	urls []*url.URL
	vars map[string]string
}

func errCallback(message string) *apiError {
	return errInvalidArgument("The callback configuration is not valid: "+message+".", "0007-00000001")
}

// readCallback reads x-oss-callback and x-oss-callback-var, or the query parameters of
// the same meaning; nil if there are none.
func readCallback(r *http.Request, t Target) (*callback, error) {
	text, vars := r.Header.Get("x-oss-callback"), r.Header.Get("x-oss-callback-var")
	if t.query.Has("callback") {
		if text != "" {
			return nil, errCallback("it is given twice")
		}
		text, vars = t.query.Get("callback"), t.query.Get("callback-var")
	}
	if text == "" {
		return nil, nil
	}
	c := &callback{}
	if err := decodeParameter(text, c); err != nil {
		return nil, err
	}
	if vars != "" {
		if err := decodeParameter(vars, &c.vars); err != nil {
			return nil, err
		}
	}
	for name := range c.vars {
		if rest, ok := strings.CutPrefix(name, "x:"); !ok || rest == "" || rest != strings.ToLower(rest) {
			return nil, errCallback("a variable's name is not x: and lower-case letters")
		}
	}
	return c, c.check()
}

func decodeParameter(text string, v any) error {
	if len(text) > maxCallback {
		return errCallback("it is longer than 5 KB")
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return errCallback("it is not base64")
	}
	if json.Unmarshal(data, v) != nil {
		return errCallback("it is not JSON")
	}
	return nil
}

func (c *callback) check() error {
	if c.URL == "" || c.Body == "" {
		return errCallback("callbackUrl and callbackBody are required")
	}
	switch c.BodyType {
	case "":
		c.BodyType = "application/x-www-form-urlencoded"
	case "application/x-www-form-urlencoded", "application/json":
	default:
		return errCallback("callbackBodyType is not known")
	}
	list := strings.Split(c.URL, ";")
	if len(list) > maxCallbackURLs {
		return errCallback("there are more than 5 URLs")
	}
	for _, text := range list {
		u, err := url.Parse(text)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || !loopback(u.Hostname()) {
			// Nothing may leave this computer.
			return errCallback("the URL is not of a loopback address")
		}
		c.urls = append(c.urls, u)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// callBack tells the application server of a stored object and relays its answer. If that
// fails, the object stays, and the answer is 203 CallbackFailed.
func (s *Server) callBack(w http.ResponseWriter, r *http.Request, c *callback, o *objectMeta) error {
	ctx, cancel := context.WithTimeout(r.Context(), callbackTimeout)
	defer cancel()
	body := c.expand(TargetOf(r).Bucket, o)
	var err error
	for _, u := range c.urls {
		var answer []byte
		if answer, err = c.post(ctx, u, body); err == nil {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
			_, _ = w.Write(answer) //nolint:gosec // relaying it is what a callback is; it is declared as JSON
			return nil
		}
	}
	writeError(w, r, &apiError{
		http.StatusNonAuthoritativeInfo, "CallbackFailed",
		"Error status : " + err.Error() + ".", "0007-00000203",
	})
	return nil
}

// post makes one call. Neither proxies nor redirects could lead it off this computer.
func (c *callback) post(ctx context.Context, u *url.URL, body string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(body)) //nolint:gosec // check admits loopback addresses only
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", c.BodyType)
	if c.Host != "" {
		req.Host = c.Host
	}
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req) //nolint:gosec // as above
	if err != nil {
		return nil, errors.New("no answer from the callback server")
	}
	defer func() { _ = resp.Body.Close() }() // only read from
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxCallbackBody))
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the callback server's answer: %w", err)
	case resp.StatusCode != http.StatusOK:
		return nil, errors.New(strconv.Itoa(resp.StatusCode))
	case resp.ContentLength < 0 || !json.Valid(bytes.TrimSpace(answer)):
		return nil, errors.New("response body is not valid json format")
	}
	return answer, nil
}

var callbackVariable = regexp.MustCompile(`\$\{[^}]*\}`)

// expand puts the variables into the body's template: escaped as a form's values are, or
// as JSON strings.
func (c *callback) expand(bucket string, o *objectMeta) string {
	known := map[string]string{
		"bucket": bucket, "object": o.Key, "etag": o.ETag,
		"size": strconv.FormatInt(o.Size, 10), "mimeType": o.Header["content-type"],
		"crc64": strconv.FormatUint(o.CRC64, 10),
	}
	return callbackVariable.ReplaceAllStringFunc(c.Body, func(v string) string {
		name := v[2 : len(v)-1]
		value, ok := known[name]
		if !ok {
			value = c.vars[name]
		}
		if c.BodyType == "application/json" {
			return jsonString(name, value)
		}
		return url.QueryEscape(value)
	})
}

// jsonString writes size as a number and all else as a string.
func jsonString(name, value string) string {
	if name == "size" {
		return value
	}
	text, err := json.Marshal(value)
	if err != nil {
		return `""`
	}
	return string(text)
}
