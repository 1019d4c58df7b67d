package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"partway/cli"
	"partway/cli/logfile"
	"partway/credentials"
	"partway/db"
	"partway/db/keyring"
	"partway/instance"
	"partway/network"
	"partway/routes"
	"partway/transfer"
	"partway/transfer/aliyun"
	"partway/trial"
	"partway/ui"
)

// lastResort is when a program that hangs while it ends is ended with its own status: a
// little before the window would do it with another.
const lastResort = 2500 * time.Millisecond

// settingLife is how the last life on the data folder ended: a crash leaves it running.
const (
	settingLife = "life"
	lifeRunning = "running"
	lifeEnded   = "ended"
)

// program is all that runs in the process at work on a data folder.
type program struct {
	log     *slog.Logger
	journal *db.Journal
	session *cli.Session
	window  *ui.UI
	waiter  *cli.Waiter
	hold    bool // what an unfinished scan still finds begins paused

	networkFolder func(dir string) bool // see [cli.NetworkFolder]

	status  atomic.Int32
	closing sync.Once
	closers []func() error // run in reverse
}

// open joins everything up to the window, which it does not show.
func open(ctx context.Context, o cli.Options, env *cli.Environment) (_ *program, err error) {
	p := &program{networkFolder: cli.NetworkFolder}
	defer func() {
		if err != nil {
			p.end() // and the process goes on, to say why
		}
	}()
	if err := p.openJournal(ctx, o, env); err != nil {
		return nil, err
	}
	onTrial := trial.New(o.Data, p.journal, p.log)
	p.closers = append(p.closers, onTrial.Close)
	if err := onTrial.Resume(ctx); err != nil {
		p.log.Error("built-in endpoint", "err", err) // its uploads say so themselves
	}
	kept := keyring.New(p.journal.Identity(), map[transfer.AccountKind]keyring.Source{
		transfer.AccountEnvironment: env.Source, transfer.AccountTrial: onTrial.Source,
	}).InFile(filepath.Join(o.Data, secretsFile))
	line := network.New(kept)
	secrets := credentials.New(kept, line.Client)
	dial := onTrial.Dial(aliyun.Via(line))
	commit, at := built()
	c := ui.Config{
		Version: version, Commit: commit, Built: at, DataDir: o.Data, Journal: p.journal, Secrets: secrets, Dial: dial, Trial: onTrial,
		Log: p.log, OnQuit: p.close, Profiles: ossutilProfiles, Background: o.Background && len(o.Paths) == 0,
		LogTail: func(most int64) ([]byte, error) { return logfile.Tail(o.Data, most) },
	}
	if err := p.recover(ctx, &c); err != nil {
		return nil, err
	}
	wires := &wires{journal: p.journal, kept: kept, line: line}
	if err := wires.recall(ctx); err != nil {
		p.log.Error("the network's settings are not in force", "err", err)
	}
	if p.waiter, err = cli.NewWaiter(ctx, p.journal); err != nil {
		return nil, err
	}
	engine := transfer.Start(transfer.Config{
		Journal: p.journal, Dial: dial, Secrets: secrets, Log: p.log, Settings: c.Settings, Hold: p.hold,
		Routes: p.watchRoutes(),
	})
	p.closers = append(p.closers, engine.Close)
	wires.engine = engine
	c.Engine, c.Network, c.Vault, c.Obtainer = engine, wires, kept, secrets
	p.window = ui.New(c)
	p.session = &cli.Session{Journal: p.journal, Engine: engine, Window: p.window, Trial: onTrial, Environment: env}
	return p, nil
}

// secretsFile is what secrets are kept in, below the data folder, if a person wants that.
const secretsFile = "secrets.vault"

// ossutilProfiles hands the window what the command line's room reads.
func ossutilProfiles(ctx context.Context) ([]ui.Profile, error) {
	found, err := cli.OssutilProfiles(ctx, os.Getenv)
	profiles := make([]ui.Profile, 0, len(found))
	for _, p := range found {
		profiles = append(profiles, ui.Profile(p))
	}
	return profiles, err
}

// logVariable is the environment's variable that has the log tell more: "debug".
const logVariable = "PARTWAY_LOG"

// logLevel reads how much the log tells.
func logLevel(text string) slog.Level {
	if text == "debug" {
		return slog.LevelDebug
	}
	return slog.LevelInfo
}

// watchRoutes tells of changes of the network. Without it endpoints are probed all the same.
func (p *program) watchRoutes() <-chan struct{} {
	ctx, cancel := context.WithCancel(context.Background())
	p.closers = append(p.closers, func() error { cancel(); return nil })
	changes, err := routes.Watch(ctx)
	if err != nil {
		p.log.Warn("changes of the network are not seen", "err", err)
	}
	return changes
}

// openJournal opens the log and the journal, and notes the environment's account there.
func (p *program) openJournal(ctx context.Context, o cli.Options, env *cli.Environment) error {
	file, err := logfile.Open(o.Data)
	if err != nil {
		return err
	}
	p.closers = append(p.closers, file.Close)
	p.log = slog.New(slog.NewTextHandler(file, &slog.HandlerOptions{Level: logLevel(os.Getenv(logVariable))}))
	slog.SetDefault(p.log) // what libraries print through the standard log goes there too
	p.log.Info("started", "version", versionLine(), "go", runtime.Version(), "pid", os.Getpid())
	if p.journal, err = db.Open(ctx, o.Data, p.log); err != nil {
		return err
	}
	p.closers = append(p.closers, p.journal.Close)
	p.keepBackups(ctx)
	if env.Complete() {
		if err := env.Save(ctx, p.journal); err != nil {
			return err
		}
	} else {
		p.log.Info("the OSS_ variables make no account", "why", env.Problem)
	}
	return nil
}

// keepBackups has the journal copied now and then, until the end.
func (p *program) keepBackups(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var copier sync.WaitGroup
	copier.Go(func() { p.journal.KeepBackups(ctx, p.log) })
	p.closers = append(p.closers, func() error { cancel(); copier.Wait(); return nil })
}

// recover reads the settings, and does with what was under way as they say.
func (p *program) recover(ctx context.Context, c *ui.Config) error {
	engine, err := p.journal.Setting(ctx, ui.SettingEngine)
	if err == nil && engine != "" {
		err = json.Unmarshal([]byte(engine), &c.Settings)
	}
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	resume, err := p.journal.Setting(ctx, ui.SettingResume)
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	ids, err := cli.UnderWay(ctx, p.journal)
	if err != nil {
		return err
	}
	if how := p.journal.Recovered(); how != nil {
		c.Notices = append(c.Notices, recovered(how))
	}
	if p.networkFolder(c.DataDir) {
		p.log.Warn("the data folder is on a network drive", "folder", c.DataDir)
		c.Notices = append(c.Notices, ui.NetworkFolder(c.DataDir))
	}
	policy := ui.ResumePolicy(resume)
	if policy != ui.ResumeAlways {
		p.hold = true
		err = cli.Hold(ctx, p.journal, ids)
	}
	switch {
	case len(ids) == 0:
	case policy == ui.ResumeAsk:
		c.AskResume = ids
	case policy == ui.ResumeNever:
		c.Notices = append(c.Notices, ui.RecoveredPaused(len(ids)))
	}
	return errors.Join(err, p.reportCrash(ctx, c))
}

// reportCrash says what was recovered, if the last life on this data folder ended without
// saying so, and notes that this one has begun.
func (p *program) reportCrash(ctx context.Context, c *ui.Config) error {
	last, err := p.journal.Setting(ctx, settingLife)
	if err != nil {
		return fmt.Errorf("read how the last life ended: %w", err)
	}
	if last == lifeRunning {
		kept, err := p.journal.Progress(ctx)
		if err != nil {
			return fmt.Errorf("sum up what was under way: %w", err)
		}
		p.log.Info("the last life did not end in order", "uploads", kept.Uploads, "parts", kept.Parts, "bytes", kept.Bytes, "needYou", kept.NeedYou)
		if kept.Uploads+kept.NeedYou > 0 {
			c.Notices = append(c.Notices, ui.CrashReport(kept))
		}
	}
	if err := p.journal.SetSetting(ctx, settingLife, lifeRunning); err != nil {
		return fmt.Errorf("note that this life has begun: %w", err)
	}
	p.closers = append(p.closers, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		return p.journal.SetSetting(ctx, settingLife, lifeEnded)
	})
	return nil
}

// recovered says what became of a journal that was damaged or gone.
func recovered(r *db.Recovery) ui.Notice {
	switch {
	case r.Restored():
		return ui.JournalRestored(r.Aside, r.Backup)
	case r.Aside != "":
		return ui.JournalSetAside(r.Aside)
	default:
		return ui.JournalGone()
	}
}

// run carries out the command line, takes over those of later starts, and shows the
// window until it is closed.
func (p *program) run(ctx context.Context, lock *instance.Lock, o cli.Options) (int, error) {
	defer p.close()
	ctx, cancel := context.WithCancel(ctx)
	var waiting sync.WaitGroup
	p.closers = append(p.closers, func() error { cancel(); waiting.Wait(); return nil })
	var scope cli.Scope
	var err error
	if !o.Background || o.To || o.Trial || len(o.Paths) > 0 { // else there is nothing to show
		scope, err = p.session.Deliver(ctx, o.Request(p.session.Environment))
	}
	if err != nil {
		return cli.StatusUsage, err
	}
	server, err := lock.Serve(ctx, p.handle, p.log)
	if err == nil {
		p.closers = append(p.closers, server.Close)
	} else { // a drive or a system without such sockets: uploads matter more, and a later start says that nobody answers
		p.log.Error("later starts cannot hand their files over", "err", err)
	}
	if o.QuitWhenDone {
		p.status.Store(cli.StatusUnverified)
		waiting.Go(func() { p.quitWhenDone(ctx, scope) })
	}
	p.window.Run()
	return int(p.status.Load()), nil
}

// handle carries out the command line of a later start.
func (p *program) handle(ctx context.Context, r instance.Request) (func(context.Context) (int, error), error) {
	waiter, err := cli.NewWaiter(ctx, p.journal)
	if err != nil {
		return nil, err
	}
	scope, err := p.session.Deliver(ctx, r)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (int, error) { return waiter.Batch(ctx, scope) }, nil
}

// quitWhenDone ends the program, with its status, once nothing is left to do.
func (p *program) quitWhenDone(ctx context.Context, scope cli.Scope) {
	status, err := p.waiter.All(ctx, scope)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		p.log.Error("wait for the uploads", "err", err)
	}
	p.status.Store(int32(status))
	p.window.Quit()
}

// close ends everything but the window, once, and the process soon after it.
func (p *program) close() {
	p.closing.Do(func() {
		time.AfterFunc(lastResort, func() { os.Exit(int(p.status.Load())) })
		p.end()
	})
}

func (p *program) end() {
	for _, c := range slices.Backward(p.closers) {
		if err := c(); err != nil && !errors.Is(err, os.ErrClosed) && p.log != nil {
			p.log.Error("end", "err", err)
		}
	}
}
