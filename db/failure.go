package db

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"partway/transfer"
)

// failure is a [transfer.Error] as the journal keeps it.
type failure struct {
	Kind       transfer.Kind `json:"kind"`
	Op         string        `json:"op,omitempty"`
	Bucket     string        `json:"bucket,omitempty"`
	Key        string        `json:"key,omitempty"`
	Path       []byte        `json:"path,omitempty"` // not always UTF-8
	Part       int           `json:"part,omitempty"`
	Status     int           `json:"status,omitempty"`
	Code       string        `json:"code,omitempty"`
	EC         string        `json:"ec,omitempty"`
	RequestID  string        `json:"requestID,omitempty"`
	Unknown    bool          `json:"unknown,omitempty"`
	RetryAfter time.Duration `json:"retryAfter,omitempty"` // ns
	Clock      time.Duration `json:"clock,omitempty"`      // ns
	Cause      string        `json:"cause,omitempty"`      // which known error Text stands for
	Text       string        `json:"text,omitempty"`
}

// The causes that are told apart when an error is read back.
const (
	causeClaimed  = "key-claimed"
	causeTwice    = "key-twice"
	causeKeyError = "key-error"
)

// failureText is e as column error holds it.
func failureText(e *transfer.Error) (sql.NullString, error) {
	if e == nil {
		return sql.NullString{}, nil
	}
	f := failure{
		Kind: e.Kind, Op: e.Op, Bucket: e.Bucket, Key: e.Key, Path: []byte(e.Path), Part: e.Part,
		Status: e.Status, Code: e.Code, EC: e.EC, RequestID: e.RequestID, Unknown: e.Unknown,
		RetryAfter: e.RetryAfter, Clock: e.Clock,
	}
	var keyError transfer.KeyError
	switch {
	case e.Err == nil:
	case errors.Is(e.Err, transfer.ErrKeyClaimed):
		f.Cause, f.Text = causeClaimed, e.Err.Error()
	case errors.Is(e.Err, transfer.ErrKeyTwice):
		f.Cause, f.Text = causeTwice, e.Err.Error()
	case errors.As(e.Err, &keyError):
		f.Cause, f.Text = causeKeyError, string(keyError)
	default:
		f.Text = e.Err.Error()
	}
	text, err := jsonText(f)
	return sql.NullString{String: text, Valid: err == nil}, err
}

// failureOf reads column error.
func failureOf(text sql.NullString) (*transfer.Error, error) {
	if !text.Valid {
		return nil, nil // nothing is wrong, and nothing went wrong reading it
	}
	var f failure
	if err := json.Unmarshal([]byte(text.String), &f); err != nil {
		return nil, fmt.Errorf("read error column: %w", err)
	}
	e := &transfer.Error{
		Kind: f.Kind, Op: f.Op, Bucket: f.Bucket, Key: f.Key, Path: string(f.Path), Part: f.Part,
		Status: f.Status, Code: f.Code, EC: f.EC, RequestID: f.RequestID, Unknown: f.Unknown,
		RetryAfter: f.RetryAfter, Clock: f.Clock,
	}
	switch {
	case f.Cause == causeClaimed:
		e.Err = transfer.ErrKeyClaimed
	case f.Cause == causeTwice:
		e.Err = transfer.ErrKeyTwice
	case f.Cause == causeKeyError:
		e.Err = transfer.KeyError(f.Text)
	case f.Text != "":
		e.Err = errors.New(f.Text)
	}
	return e, nil
}

// claimed is the error of an upload whose key another one holds.
func claimed(op string, to transfer.Target) *transfer.Error {
	return &transfer.Error{
		Kind: transfer.KindExists, Op: op, Bucket: to.Bucket, Key: to.Key, Err: transfer.ErrKeyClaimed,
	}
}

// absent is the error of a change to what the journal does not hold, such as an upload
// that was removed meanwhile.
func absent(op, what string, id int64) *transfer.Error {
	return &transfer.Error{
		Kind: transfer.KindPermanent, Op: op, Err: fmt.Errorf("%s %d %w", what, id, transfer.ErrAbsent),
	}
}
