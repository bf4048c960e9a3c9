package templates

import (
	"testing"

	"wwwhy/content"
)

// TestTheWholeWayFitsIntoThePage lays out all questions: the picture is no wider
// than the page, each line stands alone, and is reached from one above it.
func TestTheWholeWayFitsIntoThePage(t *testing.T) {
	lib, err := content.Load()
	if err != nil {
		t.Fatal(err)
	}
	const page = 1056 - 20 // 66rem, less what stands around the picture
	nodes, width, height := tree(lib.Questions(), lib.Status, "who")
	if width > page {
		t.Errorf("the picture is %d wide", width)
	}
	rows, here, codes := map[int]treeNode{}, 0, 0
	for _, n := range nodes {
		if other, taken := rows[n.y]; taken || n.y < 0 || n.y >= height {
			t.Errorf("%q stands at %d, where %q is", n.text, n.y, other.text)
		}
		rows[n.y] = n
		if n.at {
			here++
		}
		if !n.question {
			codes++
		}
		if n.answer != "" && (n.fromY >= n.y || n.fromX >= n.x) {
			t.Errorf("%q is not below its question", n.text)
		}
		if n.x+n.width() > width {
			t.Errorf("%q ends beyond the picture", n.text)
		}
	}
	if here != 1 || codes < 40 {
		t.Errorf("%d questions are asked here, %d codes are led to", here, codes)
	}
}
