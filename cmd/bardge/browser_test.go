package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browser is a Chromium of one test, with one tab: Debian's hides all others,
// which then get no frames.
type browser struct {
	*testing.T

	ctx context.Context

	// mayReport: the test wants what the browser reports.
	mayReport bool

	mu     sync.Mutex
	errors []string
}

// newBrowser starts Chromium. What it reports as an error fails the test.
func newBrowser(t *testing.T) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("there is no chromium on this machine, and CI needs it")
		}
		//nolint:forbidigo // on a machine without one, all else can be tried
		t.Skip("there is no chromium on this machine: the pages are not tried in a browser")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.WSURLReadTimeout(time.Minute), chromedp.WindowSize(1280, 900),
	)
	allocator, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(allocator)
	t.Cleanup(closeTab)
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	b := &browser{T: t, ctx: ctx}
	b.do() // starts it
	messages := chromedp.Console(ctx)
	go b.note(messages)
	t.Cleanup(func() {
		if !b.mayReport {
			assert.Empty(t, b.reported(), "errors in the browser's console")
		}
	})
	return b
}

// note keeps what the browser reports as an error. A status of 400 and above is
// reported, too, though it is what some tests want.
func (b *browser) note(messages iter.Seq2[chromedp.ConsoleMessage, error]) {
	for m, err := range messages {
		switch {
		case err != nil:
			return
		case m.Type != chromedp.ConsoleError && m.Type != chromedp.ConsoleWarning && !m.IsException():
		case strings.Contains(m.Text, "the server responded with a status of 4"):
		default:
			b.mu.Lock()
			b.errors = append(b.errors, m.String()+" "+m.URL)
			b.mu.Unlock()
		}
	}
}

func (b *browser) reported() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.errors
}

// do runs actions that must succeed.
func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	require.NoError(b, chromedp.Do(b.ctx, actions...))
}

// open opens an address.
func (b *browser) open(address string) {
	b.Helper()
	b.do(chromedp.Navigate(address))
}

// click clicks the first element that matches.
func (b *browser) click(selector string) {
	b.Helper()
	b.onNode(chromedp.Click(chromedp.CSS(selector)))
}

// enter types text into the first element that matches.
func (b *browser) enter(selector, text string) {
	b.Helper()
	b.onNode(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// onNode runs an action on an element. It does so again where the element was
// replaced between finding and using it: the browser then cannot find it, or
// waits for what is no longer there.
func (b *browser) onNode(action chromedp.Action[chromedp.Void]) {
	b.Helper()
	try := func() error {
		ctx, cancel := context.WithTimeout(b.ctx, 10*time.Second)
		defer cancel()
		return chromedp.Do(ctx, action)
	}
	err := try()
	for range 20 {
		replaced := err != nil && strings.Contains(err.Error(), "Could not find node")
		if !replaced && (b.ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded)) {
			break
		}
		err = try()
	}
	require.NoError(b, err)
}

// awaitHTMX waits until htmx has taken an element over. Before that, links and
// forms work as without it.
func (b *browser) awaitHTMX(selector string) {
	b.Helper()
	script := fmt.Sprintf(`document.querySelector(%q)?.hasAttribute("data-htmx-powered") ?? false`, selector)
	require.Eventually(b, func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script))
		return ok && err == nil
	}, time.Minute, 50*time.Millisecond, selector)
}

// press presses a key, such as kb.Tab.
func (b *browser) press(key string) {
	b.Helper()
	b.do(chromedp.KeyEvent(key))
}

// text returns what a person reads in the first element that matches.
func (b *browser) text(selector string) string {
	b.Helper()
	return evaluate[string](b, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// waitFor waits until an element has this text, in a page that is read to its
// end: what is below it is there, too.
func (b *browser) waitFor(selector, text string) {
	b.Helper()
	script := fmt.Sprintf(`document.readyState !== "loading" && (document.querySelector(%q)?.innerText ?? "").includes(%q)`, selector, text)
	found := func() bool {
		ok, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](script))
		return ok && err == nil // between two pages there is none to read
	}
	if !assert.Eventually(b, found, time.Minute, 50*time.Millisecond) {
		b.Fatalf("%s must have %q; the page is %s", selector, text, b.text("body"))
	}
}

// evaluate runs a script in the page, as a person's tools do: it is no script of
// the page, which its policy would forbid.
func evaluate[T any](b *browser, script string) T {
	b.Helper()
	value, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	require.NoError(b, err)
	return value
}

// colours sets what the person prefers: "light" or "dark".
func (b *browser) colours(scheme string) {
	b.Helper()
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(b, err)
}

// What is not ours is as npm has it: axe-core 4.14.1.
func TestVendoredAxeIsUnchanged(t *testing.T) {
	for name, sum := range map[string]string{
		"axe.min.js":            "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
		"LICENSE":               "af175b9d96ee93c21a036152e1b905b0b95304d4ae8c2c921c7609100ba8df7e",
		"LICENSE-3RD-PARTY.txt": "4f8563870d0fca38bbc3e00b6f670cb7fa9f380ba9f26a7f7d1184a6b18b1653",
	} {
		text, err := os.ReadFile(filepath.Join("testdata", "axe", name))
		require.NoError(t, err)
		assert.Equal(t, sum, fmt.Sprintf("%x", sha256.Sum256(text)), name)
	}
}

// accessible asserts that axe finds nothing in the page, light and dark: axe-core
// 4.14.1, as npm has it.
func (b *browser) accessible(name string) {
	b.Helper()
	axe, err := os.ReadFile(filepath.Join("testdata", "axe", "axe.min.js"))
	require.NoError(b, err)
	evaluate[int](b, string(axe)+";0")
	find := func(scheme, options string) {
		b.colours(scheme)
		found := evaluate[[]string](b, `axe.run(`+options+`).then(r => r.violations.map(v =>
			v.id + ": " + v.help + ": " + v.nodes.map(n => n.html + " " + n.failureSummary).join(" | ")))`)
		assert.Empty(b, found, "%s, %s", name, scheme)
	}
	find("dark", `{runOnly: ["color-contrast"]}`) // all else is the same
	find("light", "")
}

// picture writes the page, light and dark, as BARDGE_SCREENSHOTS/NAME-light.png,
// and its upper part as NAME.png: CI keeps that directory. Without the variable it
// writes nothing.
func (b *browser) picture(name string) {
	b.Helper()
	folder := os.Getenv("BARDGE_SCREENSHOTS")
	if folder == "" {
		return
	}
	require.NoError(b, os.MkdirAll(folder, 0o755))
	write := func(suffix string, picture []byte) {
		require.NoError(b, os.WriteFile(filepath.Join(folder, name+suffix+".png"), picture, 0o644))
	}
	for _, scheme := range []string{"dark", "light"} {
		b.colours(scheme)
		picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
		require.NoError(b, err)
		write("-"+scheme, picture)
		write("", upperPart(b.T, picture))
	}
}

// upperPart cuts a picture off where a window would.
func upperPart(t *testing.T, picture []byte) []byte {
	t.Helper()
	whole, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	window := image.Rect(0, 0, whole.Bounds().Dx(), 757)
	part := image.NewRGBA(window.Intersect(whole.Bounds()))
	draw.Draw(part, part.Bounds(), whole, image.Point{}, draw.Src)
	var out bytes.Buffer
	require.NoError(t, png.Encode(&out, part))
	return out.Bytes()
}
