package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// use is one sentence written in the source.
type use struct {
	sentence string
	at       token.Position
	given    map[string]bool // names of the arguments, nil when they are not written out
}

// uses reads every Go file below ui, tests excepted, for calls of T, N and Key.
func uses(t *testing.T) []use {
	t.Helper()
	var found []use
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Logf("%s cannot be parsed, its sentences are not looked at: %v", path, err)
			return nil
		}
		s := scanner{files: files, inside: f.Name.Name == "text"}
		ast.Inspect(f, s.visit)
		found = append(found, s.found...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

type scanner struct {
	files  *token.FileSet
	inside bool // in package text, where the funcs have no qualifier
	found  []use
}

func (s *scanner) visit(n ast.Node) bool {
	call, ok := n.(*ast.CallExpr)
	if !ok {
		return true
	}
	sentences := map[string]int{"T": 1, "Key": 1, "N": 2}[s.callee(call)]
	for i, arg := range call.Args {
		sentence, ok := literal(arg)
		if i >= sentences || !ok {
			break
		}
		s.found = append(s.found, use{
			sentence: sentence,
			at:       s.files.Position(arg.Pos()),
			given:    given(s.callee(call), call.Args),
		})
	}
	return true
}

// callee returns the name of a func of package text, or "".
func (s *scanner) callee(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		if s.inside {
			return f.Name
		}
	case *ast.SelectorExpr:
		if pkg, ok := f.X.(*ast.Ident); ok && pkg.Name == "text" {
			return f.Sel.Name
		}
	}
	return ""
}

// literal returns the text of a string that is written out, in one piece or several.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, okX := literal(e.X)
		y, okY := literal(e.Y)
		return x + y, okX && okY && e.Op == token.ADD
	case *ast.ParenExpr:
		return literal(e.X)
	default:
		return "", false
	}
}

// given returns the names that a call's last argument, a literal of Args, has. Calls
// without arguments give none; of a variable nothing is known, and nil is returned.
func given(callee string, args []ast.Expr) map[string]bool {
	names := map[string]bool{}
	sentences := 1
	if callee == "N" {
		names["Count"] = true
		sentences = 3 // and the number
	}
	if callee == "Key" {
		return nil
	}
	if len(args) <= sentences {
		return names
	}
	values, ok := args[len(args)-1].(*ast.CompositeLit)
	if !ok {
		return nil
	}
	for _, element := range values.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			name, _ := literal(pair.Key)
			names[name] = true
		}
	}
	return names
}
