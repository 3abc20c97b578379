//go:build dev || production || bindings

package main

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"

	wailsv2 "github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/menu/keys"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	wails "github.com/wailsapp/wails/v2/pkg/runtime"

	"cofre/internal/cli"
	"cofre/internal/job"
	"cofre/internal/text"
)

//go:embed all:frontend/dist
var assets embed.FS

// policy lets the page load what was built with it, and nothing else. Svelte and
// bits-ui set styles on elements, hence the one exception.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wails:; frame-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'"

// openWindow shows the window until it is closed. It opens no file, lock or
// database before the window system calls startup: the program that generates the
// page's bindings runs it up to there.
func openWindow(a *App) int {
	if noDisplay() {
		return cli.NoWindow(true)
	}
	if !generating {
		end, alone := a.alone()
		if !alone {
			return 0
		}
		defer end()
	}
	begins := options.Normal
	if a.minimised {
		begins = options.Minimised
	}
	err := wailsv2.Run(&options.App{
		WindowStartState: begins,
		Title:            "Cofre",
		Width:            max(a.place.Width, leastWide),
		Height:           max(a.place.Height, leastHigh),
		MinWidth:         leastWide,
		MinHeight:        leastHigh,
		Menu:             applicationMenu(a, a.menuLanguage()),
		AssetServer: &assetserver.Options{
			Assets: assets,
			Middleware: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Security-Policy", policy)
					w.Header().Set("X-Content-Type-Options", "nosniff")
					next.ServeHTTP(w, r)
				})
			},
		},
		BackgroundColour: options.NewRGB(0xF3, 0xF2, 0xEF),
		DragAndDrop:      &options.DragAndDrop{EnableFileDrop: true},
		Bind:             []any{a},
		ErrorFormatter:   formatError,
		Logger:           quietLogger{},
		LogLevel:         logger.ERROR,
		OnStartup: func(ctx context.Context) {
			go putBack(ctx, a.place)
			a.startup(ctx, wailsShell{ctx, a})
			wails.OnFileDrop(ctx, func(_, _ int, paths []string) { a.dropped(paths) })
		},
		OnBeforeClose: func(ctx context.Context) bool {
			if !a.mayClose() {
				return true
			}
			a.left(placeNow(ctx))
			return false
		},
		OnShutdown: func(context.Context) { a.shutdown() },
		Linux: &linux.Options{
			// The zero value would mean "always", which leaves windows blank on some drivers.
			WebviewGpuPolicy: linux.WebviewGpuPolicyNever,
			ProgramName:      "cofre",
		},
		Mac: &mac.Options{OnFileOpen: a.called},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "cofre:", err)
		return 1
	}
	return 0
}

// mayClose says whether the window may close now. While a job runs it may not:
// the page is told to ask.
func (a *App) mayClose() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.sys == nil || a.quit {
		return true
	}
	if _, running := a.sys.Service.Jobs.Current(); !running {
		return true
	}
	a.shell.Emit("closing", nil)
	return false
}

// formatError is what a failing call gives to the page: one string of JSON (an
// object would arrive as "[object Object]").
func formatError(err error) any {
	text, _ := json.Marshal(job.FailureOf(err))
	return string(text)
}

// noDisplay says whether this system surely has no screen to show a window on.
func noDisplay() bool {
	return runtime.GOOS == "linux" && os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && !generating
}

// wailsShell is the window system behind App.
type wailsShell struct {
	ctx context.Context
	app *App
}

var _ shell = wailsShell{}

func (w wailsShell) OpenFile(title string, patterns ...string) (string, error) {
	filters := []wails.FileFilter{{DisplayName: "*", Pattern: "*"}}
	if len(patterns) > 0 {
		filters = append([]wails.FileFilter{{DisplayName: strings.Join(patterns, ", "), Pattern: strings.Join(patterns, ";")}}, filters...)
	}
	// Keys and certificates lie in folders that begin with a dot.
	return wails.OpenFileDialog(w.ctx, wails.OpenDialogOptions{Title: title, ShowHiddenFiles: len(patterns) == 0, Filters: filters})
}

func (w wailsShell) SaveFile(title, name string) (string, error) {
	return wails.SaveFileDialog(w.ctx, wails.SaveDialogOptions{Title: title, DefaultFilename: name, CanCreateDirectories: true})
}

func (w wailsShell) OpenFolder(title string) (string, error) {
	return wails.OpenDirectoryDialog(w.ctx, wails.OpenDialogOptions{Title: title, CanCreateDirectories: true})
}

func (w wailsShell) SetClipboard(text string) error { return wails.ClipboardSetText(w.ctx, text) }

func (w wailsShell) Emit(event string, data any) { wails.EventsEmit(w.ctx, event, data) }

func (w wailsShell) Front() {
	wails.WindowShow(w.ctx)
	wails.WindowUnminimise(w.ctx)
}

func (w wailsShell) Hide() { wails.WindowHide(w.ctx) }

// Label does nothing on Linux, where Wails would show the new menu bar nowhere.
func (w wailsShell) Label(l text.Language) {
	if runtime.GOOS != "linux" {
		wails.MenuSetApplicationMenu(w.ctx, applicationMenu(w.app, l))
	}
}

func (w wailsShell) Quit() { wails.Quit(w.ctx) }

// applicationMenu is the menu bar. Its commands are the page's, all but the end.
func applicationMenu(a *App, l text.Language) *menu.Menu {
	bar := menu.NewMenu()
	if runtime.GOOS == "darwin" {
		bar.Append(menu.AppMenu())
	}
	for i, of := range menuBar(l) {
		if i == 1 && runtime.GOOS == "darwin" {
			bar.Append(menu.EditMenu()) // copying and pasting go through it there
		}
		m := bar.AddSubmenu(of.Label)
		for _, e := range of.Entries {
			if e.ID == "quit" && runtime.GOOS == "darwin" {
				continue // it is in the application's own menu
			}
			m.AddText(e.Label, accelerator(e.Key), func(*menu.CallbackData) { a.chosen(e.ID) })
		}
	}
	if runtime.GOOS == "darwin" {
		bar.Append(menu.WindowMenu())
	}
	return bar
}

func accelerator(key string) *keys.Accelerator {
	if key == "" {
		return nil
	}
	combination := "cmdorctrl+" + key
	if strings.HasPrefix(key, "f") && len(key) > 1 {
		combination = key
	}
	parsed, err := keys.Parse(combination)
	if err != nil {
		return nil // a test parses them all
	}
	return parsed
}

// chosen is a command of the menu bar.
func (a *App) chosen(id string) {
	a.mu.Lock()
	sh := a.shell
	a.mu.Unlock()
	switch {
	case sh == nil:
	case id == "quit":
		sh.Quit()
	default:
		sh.Emit("menu", id)
	}
}

// putBack moves the window to where it was, as far as that is on the screen.
func putBack(ctx context.Context, p place) {
	screens, err := wails.ScreenGetAll(ctx)
	if err != nil {
		return
	}
	for _, s := range screens {
		if !s.IsCurrent {
			continue
		}
		fits := p.on(s.Size.Width, s.Size.Height)
		if fits.Width != p.Width || fits.Height != p.Height {
			wails.WindowSetSize(ctx, fits.Width, fits.Height)
		}
		if p.Known {
			wails.WindowSetPosition(ctx, fits.X, fits.Y)
		}
	}
	if p.Maximised {
		wails.WindowMaximise(ctx)
	}
}

// placeNow is where the window is.
func placeNow(ctx context.Context) place {
	var p place
	p.X, p.Y = wails.WindowGetPosition(ctx)
	p.Width, p.Height = wails.WindowGetSize(ctx)
	p.Maximised = wails.WindowIsMaximised(ctx)
	return p
}

// quietLogger drops what Wails would print: it logs failing calls with their
// arguments, and passwords are among them. Cofre's own log says what failed.
type quietLogger struct{}

func (quietLogger) Print(string)   {}
func (quietLogger) Trace(string)   {}
func (quietLogger) Debug(string)   {}
func (quietLogger) Info(string)    {}
func (quietLogger) Warning(string) {}
func (quietLogger) Error(string)   {}
func (quietLogger) Fatal(string)   { os.Exit(1) } //nolint:forbidigo // Wails calls it where it can't go on
