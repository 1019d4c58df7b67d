package osslocal

import (
	"crypto/hmac"
	"net/http"
	"strconv"
	"time"
)

// Versions of the signature, as in Record.Signature.
const (
	signatureV1 = "V1"
	signatureV4 = "V4"
)

// maxSkew is how far a request's time may be off the server's.
const maxSkew = 15 * time.Minute

// claim is what a request says of its signature, whichever way it says it.
type claim struct {
	version   string
	keyID     string
	token     string
	signature string
	presigned bool

	// stringToSign is what the signature must be over, for this secret's owner.
	stringToSign string
	date         string // V4: the day of the scope
	region       string // V4
	product      string // V4
	terminator   string // V4

	time    time.Time     // when it was signed; zero if that cannot be read
	expires time.Duration // presigned: how long it holds from time
}

// authenticate checks the signature of a request and returns its version.
func (s *Server) authenticate(r *http.Request, t Target) (string, error) {
	c, err := readClaim(r, t)
	if err != nil {
		return "", err
	}
	secret, token, ok := s.credentials(c.keyID)
	if !ok {
		return c.version, errInvalidAccessKeyID()
	}
	if err := s.checkScope(c); err != nil {
		return c.version, err
	}
	if !hmac.Equal([]byte(c.expected(secret)), []byte(c.signature)) {
		return c.version, errSignatureDoesNotMatch()
	}
	if err := checkToken(c.token, token); err != nil {
		return c.version, err
	}
	return c.version, s.checkTime(c)
}

func readClaim(r *http.Request, t Target) (*claim, error) {
	h := r.Header.Get("Authorization")
	switch {
	case h != "" && hasV4Prefix(h):
		return claimV4Header(r, t, h)
	case h != "":
		return claimV1Header(r, t, h)
	case t.query.Has("x-oss-signature-version"):
		return claimV4Query(r, t)
	case t.query.Has("Signature"):
		return claimV1Query(r, t)
	default:
		return nil, errAccessDenied("You have no right to access this object because of bucket acl.", "0003-00000001")
	}
}

func (c *claim) expected(secret string) string {
	if c.version == signatureV4 {
		return signV4(secret, c)
	}
	return signV1(secret, c.stringToSign)
}

// checkScope comes before the signature, as in OSS: a wrong region is a mistake in
// settings, and is called by its name.
func (s *Server) checkScope(c *claim) error {
	switch {
	case c.version != signatureV4:
		return nil
	case c.region != s.cfg.Region:
		return errInvalidArgument("Invalid signing region in Authorization header.", "0002-00000226")
	case c.product != "oss":
		return errInvalidArgument("Invalid signing product in Authorization header.", "0002-00000227")
	case c.terminator != terminatorV4:
		return errInvalidArgument("Invalid signing terminator in Authorization header.", "0002-00000228")
	}
	return nil
}

func checkToken(got, want string) error {
	switch got {
	case want:
		return nil
	case "":
		// A temporary key ID means nothing without its token.
		return errInvalidAccessKeyID()
	default:
		return errInvalidSecurityToken()
	}
}

func (s *Server) checkTime(c *claim) error {
	now := s.cfg.Now()
	if c.time.IsZero() {
		return errAccessDenied("OSS authentication requires a valid Date.", "0002-00000503")
	}
	if c.version == signatureV4 && c.time.UTC().Format(dayV4) != c.date {
		return errInvalidArgument("Invalid signing date in Authorization header.", "0002-00000225")
	}
	if c.presigned {
		return checkExpiry(c, now)
	}
	if skew := now.Sub(c.time); skew > maxSkew || skew < -maxSkew {
		return errRequestTimeTooSkewed()
	}
	return nil
}

func checkExpiry(c *claim, now time.Time) error {
	if c.version == signatureV4 && now.Add(maxSkew).Before(c.time) {
		return errRequestTimeTooSkewed()
	}
	if now.After(c.time.Add(c.expires)) {
		return errAccessDenied("Request has expired.", "0002-00000069")
	}
	return nil
}

// headerTime reads the time of a request signed in its header, and its text.
func headerTime(r *http.Request, ossLayout string) (time.Time, string) {
	if text := r.Header.Get("x-oss-date"); text != "" {
		at, err := time.Parse(ossLayout, text)
		if err != nil {
			return time.Time{}, text
		}
		return at, text
	}
	text := r.Header.Get("Date")
	at, err := http.ParseTime(text)
	if err != nil {
		return time.Time{}, text
	}
	return at, text
}

// seconds reads a whole, positive number of seconds.
func seconds(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil && n > 0
}
