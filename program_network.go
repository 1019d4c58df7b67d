package main

import (
	"context"
	"encoding/json"
	"fmt"

	"partway/network"
	"partway/transfer"
)

// wires changes how the network is reached, in the journal and in force.
type wires struct {
	journal interface {
		Setting(ctx context.Context, key string) (string, error)
		SetSetting(ctx context.Context, key, value string) error
	}
	kept   transfer.Secrets
	line   *network.Line
	engine interface{ NetworkChanged() error }
}

// recall puts in force what was set in a life before.
func (w *wires) recall(ctx context.Context) error {
	n, err := w.Network(ctx)
	if err != nil {
		return err
	}
	return w.line.Set(n)
}

// Network implements [ui.Network].
func (w *wires) Network(ctx context.Context) (n transfer.Network, err error) {
	text, err := w.journal.Setting(ctx, transfer.SettingNetwork)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &n)
	}
	if err != nil {
		return n, fmt.Errorf("read the network's settings: %w", err)
	}
	return n, nil
}

// SetNetwork implements [ui.Network].
func (w *wires) SetNetwork(ctx context.Context, n transfer.Network, password transfer.Secret) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := w.line.Set(n); err != nil {
		return err
	}
	if !password.Empty() {
		c := transfer.Credentials{KeyID: n.ProxyUser, Secret: password}
		if _, err := w.kept.Keep(ctx, transfer.ProxyAccount(), c); err != nil {
			return err
		}
		w.line.Forget()
	}
	if err := w.journal.SetSetting(ctx, transfer.SettingNetwork, string(text)); err != nil {
		return err
	}
	return w.engine.NetworkChanged()
}
