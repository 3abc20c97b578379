// Package cli is the command line: one file a command, over the same service as
// the window. Results go to stdout, errors and progress to stderr; --json makes
// each result one document and each error one line.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"os/user"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"cofre/internal/backup"
	"cofre/internal/boot"
	"cofre/internal/errs"
	"cofre/internal/service"
	"cofre/internal/text"
)

// session is one run of the program: its flags, its streams, its words.
type session struct {
	in       io.Reader
	out, err io.Writer

	home, lang   string
	json, quiet  bool
	words        *text.Printer
	secrets      Secrets
	db, saved    string // --db, --connection
	ssh          string // user@host:port
	sshKey       string
	sshTrust     string
	tools        string
	wait         int    // seconds
	typed        string // --name
	around       service.AroundView
	terminal     bool
	progressShow *progress
}

// Main runs the command that args name and returns the exit code of the contract.
func Main(args []string, secrets Secrets) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return Run(ctx, args, secrets, os.Stdin, os.Stdout, os.Stderr)
}

// Run is Main with everything that it touches as an argument.
func Run(ctx context.Context, args []string, secrets Secrets, in io.Reader, out, errOut io.Writer) int {
	s := &session{in: in, out: out, err: errOut, secrets: secrets, terminal: isTerminal(errOut)}
	s.json = slices.Contains(args, "--json") // a complaint about the flags themselves is to be JSON, too
	s.words = text.For(language(args))
	ctx = backup.WithActor(ctx, "cli:"+osUser())
	root := s.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if errors.Is(err, errDiffers) {
		return exitDiffers
	}
	if errors.Is(err, errAtRisk) {
		return exitAtRisk
	}
	s.fail(err)
	return exitCode(err)
}

// Known says whether name is a command, so that main can tell a command from a
// file that the window is to open.
func Known(name string) bool {
	if strings.HasPrefix(name, "-") {
		return true
	}
	names := []string{"help", "completion", cobra.ShellCompRequestCmd, cobra.ShellCompNoDescRequestCmd}
	for _, c := range (&session{words: text.For(text.English)}).root().Commands() {
		names = append(names, c.Name())
	}
	return slices.Contains(names, name)
}

func (s *session) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "cofre",
		Short:         s.words.T("cli.root", nil),
		Long:          s.words.T("cli.root_long", nil),
		Version:       boot.Version,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	f := root.PersistentFlags()
	f.StringVar(&s.home, "home", "", s.words.T("cli.flag_home", nil))
	f.StringVar(&s.lang, "lang", "", s.words.T("cli.flag_lang", nil))
	f.BoolVar(&s.json, "json", s.json, s.words.T("cli.flag_json", nil))
	f.BoolVarP(&s.quiet, "quiet", "q", false, s.words.T("cli.flag_quiet", nil))
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if s.lang != "" {
			if _, ok := text.Parse(s.lang); !ok {
				return errs.New(errs.Invalid, "cli.lang", errs.Args{"lang": s.lang})
			}
		}
		return nil
	}
	root.AddCommand(s.infoCommand(), s.backupCommand(), s.inspectCommand(), s.diffCommand(), s.verifyCommand(), s.restoreCommand(), s.undoCommand(), s.keepCommand(), s.keptCommand(),
		s.listCommand(), s.saveCommand(), s.pinCommand(), s.deleteCommand(), s.auditCommand(), s.statusCommand(), s.pruneCommand(), s.scheduleCommand(), s.notifyCommand(), s.administratorsCommand(), s.diagnoseCommand(), s.sampleCommand(), s.demoCommand())
	for _, c := range root.Commands() {
		c.Args = wrapArgs(c.Args)
	}
	return root
}

// open builds the system that the command works with. The caller closes it.
func (s *session) open(ctx context.Context) (*boot.System, error) {
	o := boot.Options{Home: s.home}
	if !s.quiet {
		s.progressShow = s.newProgress()
		o.Listen = s.progressShow.show
	}
	return boot.Open(ctx, o)
}

// with runs do with an open system and closes it.
func (s *session) with(ctx context.Context, do func(*boot.System) error) error {
	sys, err := s.open(ctx)
	if err != nil {
		return err
	}
	if err := s.interrupted(ctx, sys); err != nil {
		return errors.Join(err, sys.Close())
	}
	err = do(sys)
	if e := sys.Notices.DeliverOwn(ctx); e != nil { // it stays in the queue
		sys.Log("notify", e)
	}
	if s.progressShow != nil {
		s.progressShow.end()
	}
	return errors.Join(err, sys.Close())
}

// usage makes cobra's complaints errors of wrong use.
func usage(err error) error {
	return errs.New(errs.Invalid, "cli.usage", nil).With(err.Error())
}

func wrapArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(c, args); err != nil {
			return usage(fmt.Errorf("%w (%s)", err, c.UseLine()))
		}
		return nil
	}
}

// language is chosen before cobra reads the flags: the help itself is worded in it.
func language(args []string) text.Language {
	choice := os.Getenv("COFRE_LANG")
	for i, a := range args {
		if v, ok := strings.CutPrefix(a, "--lang="); ok {
			choice = v
		} else if a == "--lang" && i+1 < len(args) {
			choice = args[i+1]
		}
	}
	if l, ok := text.Parse(choice); ok {
		return l
	}
	return text.System()
}

func osUser() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return "unknown"
}
