package templates

import (
	"fmt"

	"wwwhy/content"
)

// treeNode is a line of the picture: a question, or the code that answers lead to.
type treeNode struct {
	x, y         int
	fromX, fromY int    // foot of the line from the question before it
	answer       string // to that question; empty: there is none
	text, href   string
	class        string
	question     bool
	at           bool // asked on this page
}

// The picture's measures, in its own units.
const (
	rowHeight   = 27
	indent      = 44
	letterWidth = 8 // about; questions are bold
	rounding    = 10
)

// branch is the line that leads to a node.
func (n treeNode) branch() string {
	return fmt.Sprintf("M%d %d V%d Q%d %d %d %d H%d", n.fromX, n.fromY, n.y-rounding, n.fromX, n.y, n.fromX+rounding, n.y, n.x-6)
}

// width is about how much room the words of a node take.
func (n treeNode) width() int { return letterWidth * len([]rune(n.answer+"  "+n.text)) }

// tree lays the questions out as an outline: each answer is a line below its
// question, farther to the right.
func tree(all map[string]*content.Question, codes func(int) *content.Status, at string) (nodes []treeNode, width, height int) {
	var place func(n treeNode, id string)
	place = func(n treeNode, id string) {
		q := all[id]
		n.text, n.href, n.class, n.question, n.at = q.Text, "/choose?at="+id, "question", true, id == at
		nodes = append(nodes, n)
		for _, c := range q.Answers {
			next := treeNode{x: n.x + indent, y: rowHeight * len(nodes), fromX: n.x + indent/4, fromY: n.y + rowHeight/3, answer: c.Text}
			if c.To != "" {
				place(next, c.To)
				continue
			}
			next.text, next.href, next.class = fmt.Sprint(c.Code), codes(c.Code).Href(), "leaf "+statusClass(c.Code)
			nodes = append(nodes, next)
		}
	}
	if all["start"] != nil {
		place(treeNode{}, "start")
	}
	for _, n := range nodes {
		width = max(width, n.x+n.width())
	}
	return nodes, width, rowHeight * len(nodes)
}
