// Package cli is Partway's command line: its flags, the account that the OSS_ variables
// make, where files given on it go, and the exit status it ends with.
//
// It opens no window and reads no database: main hands it what does.
package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"partway/transfer"
)

// The exit statuses.
const (
	// StatusOK: with -quit-when-done, every upload was verified.
	StatusOK = 0
	// StatusUnverified: with -quit-when-done, not every upload was verified: what remains
	// needs a person, or Partway was closed before the end.
	StatusUnverified = 1
	// StatusUsage: the command line, the environment or this computer does not allow it.
	StatusUsage = 2
)

// ErrHelp is returned by [Parse] when the usage text was asked for, and printed.
var ErrHelp = flag.ErrHelp

// Options is a parsed command line.
type Options struct {
	// To tells whether -to was given, as Bucket and Prefix.
	To     bool
	Bucket string
	Prefix string

	Policy       transfer.Policy
	Account      string // "": chosen by [Session.Account]
	Data         string // absolute
	Trial        bool
	QuitWhenDone bool
	Background   bool // begin in the tray, where there is one
	Version      bool
	Paths        []string // absolute, and there when parsed
}

const usage = `Usage: partway [flags] [FILE or FOLDER]...

Partway sends files and folders to Alibaba Cloud OSS.

  -to oss://bucket/prefix/   send the given files there at once; with no files,
                             what the drop sheet proposes
  -existing POLICY           what happens where an object has the name already:
                             skip-same (default), skip, replace, keep-both, or
                             ask to decide each in the window
  -account NAME              default: the OSS_ variables' if complete, else the
                             one used last
  -data DIR                  where queue, settings and log live
                             (default %s)
  -trial                     use the built-in endpoint on this computer
  -quit-when-done            close when nothing is left to do; exit status 0 only
                             if every upload was verified, 1 if only uploads that
                             need a person remain
  -background                begin in the tray, where there is one
  -version                   print the version

OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN, OSS_REGION and
OSS_ENDPOINT make an account named Environment; with OSS_ROLE_ARN, and
OSS_ROLE_SESSION_NAME if wanted, its key assumes that role.
`

// Parse reads a command line without the program's name. Relative paths count from the
// working directory. The usage text goes to stdout when it is asked for. An error is one
// line for a person.
func Parse(args []string, getenv func(string) string, stdout io.Writer) (Options, error) {
	var o Options
	var to, policy string
	fs := flag.NewFlagSet("partway", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.StringVar(&to, "to", "", "")
	fs.StringVar(&policy, "existing", string(transfer.PolicySkipSame), "")
	fs.StringVar(&o.Account, "account", "", "")
	fs.StringVar(&o.Data, "data", "", "")
	fs.BoolVar(&o.Trial, "trial", false, "")
	fs.BoolVar(&o.QuitWhenDone, "quit-when-done", false, "")
	fs.BoolVar(&o.Background, "background", false, "")
	fs.BoolVar(&o.Version, "version", false, "")
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = fmt.Fprintf(stdout, usage, DefaultDataDir(getenv))
		return o, ErrHelp
	}
	if err != nil {
		return o, fmt.Errorf("%w (partway -h lists the flags)", err)
	}
	fs.Visit(func(f *flag.Flag) { o.To = o.To || f.Name == "to" })
	if o.Version {
		return o, nil
	}
	return o, o.check(to, policy, fs.Args(), getenv)
}

// check validates what flag.Parse took, and fills in what is derived from it.
func (o *Options) check(to, policy string, paths []string, getenv func(string) string) error {
	o.Policy = transfer.Policy(policy)
	if !slices.Contains(transfer.Policies, o.Policy) {
		return fmt.Errorf("-existing %s: not one of skip-same, skip, replace, keep-both, ask", policy)
	}
	var err error
	if o.To {
		if o.Bucket, o.Prefix, err = transfer.ParseURI(to); err != nil {
			return fmt.Errorf("-to: %w", err)
		}
	}
	if o.Trial && o.Account != "" {
		return errors.New("-trial and -account do not go together: the built-in endpoint has an account of its own")
	}
	if o.QuitWhenDone && len(paths) > 0 && !o.To {
		return errors.New("-quit-when-done with files needs -to: without it the window asks where they go")
	}
	if o.Data == "" {
		o.Data = DefaultDataDir(getenv)
	}
	if o.Data == "" {
		return errors.New("no home folder is known: say with -data where queue, settings and log may live")
	}
	if o.Data, err = filepath.Abs(o.Data); err != nil {
		return fmt.Errorf("-data: %w", err)
	}
	o.Paths, err = absolute(paths)
	return err
}

// absolute returns the paths as absolute ones. What is not there is an error: a script
// that misspells a file must not end well.
func absolute(paths []string) ([]string, error) {
	var out, missing []string
	for _, p := range paths {
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", p, err)
		}
		_, err = os.Lstat(abs)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, fmt.Sprintf("%q", p))
		case err != nil:
			return nil, fmt.Errorf("look at %q: %w", p, err)
		}
		out = append(out, abs)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("no such file or folder: %s", strings.Join(missing, ", "))
	}
	return out, nil
}
