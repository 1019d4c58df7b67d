package transfer

import (
	"net/url"
	"slices"
	"strings"
)

// Network says how Partway reaches the network, for all accounts. It holds no secret: a
// proxy's password is kept by Secrets, for [ProxyAccount].
type Network struct {
	Proxy     ProxyKind `json:"proxy,omitempty"`
	ProxyURL  string    `json:"proxyURL,omitempty"`  // scheme://host:port, of ProxySchemes
	ProxyUser string    `json:"proxyUser,omitempty"` // "": it asks for none
	// CAFile is a file of certificates in PEM that are trusted beside the system's, "" for none.
	CAFile string `json:"caFile,omitempty"`
}

// SettingNetwork is the key of the setting that holds a Network as JSON.
const SettingNetwork = "network"

// ProxyKind tells where the proxy comes from.
type ProxyKind string

// Where the proxy comes from.
const (
	ProxyEnvironment ProxyKind = ""      // HTTPS_PROXY, HTTP_PROXY and NO_PROXY
	ProxyNone        ProxyKind = "none"  // there is none, whatever the environment says
	ProxyTyped       ProxyKind = "typed" // ProxyURL
)

// ProxyKinds lists them, the default first.
var ProxyKinds = []ProxyKind{ProxyEnvironment, ProxyNone, ProxyTyped}

// ProxySchemes lists what a proxy may speak. With SOCKS5 it is the proxy that looks names up.
var ProxySchemes = []string{"http", "https", "socks5"}

// ProxyAccount stands for the proxy where credentials are kept: KeyID is its user's name, Secret
// the password.
func ProxyAccount() Account { return Account{ID: -1, Name: "proxy", Kind: AccountKeys} }

// The fields of Network.
const (
	FieldProxy     FieldName = "proxy"
	FieldProxyURL  FieldName = "proxy address"
	FieldProxyUser FieldName = "proxy user"
	FieldCAFile    FieldName = "certificate file"
)

// Check returns what is wrong with the settings, as FieldErrors, or nil. Whether the file holds
// certificates shows when it is read.
func (n Network) Check() error {
	var e FieldErrors
	e.must(slices.Contains(ProxyKinds, n.Proxy), FieldProxy, ProblemUnknown)
	if n.Proxy != ProxyTyped {
		return e.orNil()
	}
	u, err := url.Parse(n.ProxyURL)
	switch {
	case n.ProxyURL == "":
		e.add(FieldProxyURL, 0, ProblemMissing)
	case err != nil || u.Hostname() == "" || !slices.Contains(ProxySchemes, u.Scheme):
		e.add(FieldProxyURL, 0, ProblemProxy)
	case u.User != nil:
		e.add(FieldProxyURL, 0, ProblemPassword)
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		e.add(FieldProxyURL, 0, ProblemProxy)
	}
	return e.orNil()
}
