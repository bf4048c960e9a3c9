package templates

import (
	"fmt"

	"wwwhy/content"
)

// treeNode is a box of the picture.
type treeNode struct {
	x, y          int
	text, href    string
	class         string
	fromX, fromY  int
	answer        string
	hasAnswer, at bool
}

// The picture's measures, in its own units.
const (
	rowHeight   = 30
	columnWidth = 340
	letterWidth = 8 // about; questions are bold
)

// tree lays the questions out from left to right: answers in rows, questions
// beside the middle of theirs.
func tree(all map[string]*content.Question, codes func(int) *content.Status, at string) (nodes []treeNode, width, height int) {
	row, deepest := 0, 0
	var place func(id string, depth int, answer string) (x, y int)
	place = func(id string, depth int, answer string) (int, int) {
		deepest = max(deepest, depth+1)
		q := all[id]
		var ends [][2]int
		first, last := 0, 0
		start := len(nodes)
		nodes = append(nodes, treeNode{})
		for i, c := range q.Answers {
			var x, y int
			if c.To != "" {
				x, y = place(c.To, depth+1, c.Text)
			} else {
				x, y = (depth+1)*columnWidth, row*rowHeight
				row++
				s := codes(c.Code)
				nodes = append(nodes, treeNode{x: x, y: y, text: fmt.Sprintf("%d", c.Code), href: s.Href(), class: "leaf " + statusClass(c.Code), answer: c.Text, hasAnswer: true})
			}
			ends = append(ends, [2]int{x, y})
			if i == 0 {
				first = y
			}
			last = y
		}
		x, y := depth*columnWidth, (first+last)/2
		nodes[start] = treeNode{x: x, y: y, text: q.Text, href: "/choose?at=" + id, class: "question", answer: answer, hasAnswer: answer != "", at: id == at}
		for i := range nodes[start+1:] {
			n := &nodes[start+1+i]
			for _, e := range ends {
				if n.x == e[0] && n.y == e[1] && n.fromX == 0 && n.fromY == 0 {
					n.fromX, n.fromY = x+letterWidth*len(q.Text)+8, y
				}
			}
		}
		return x, y
	}
	if all["start"] != nil {
		place("start", 0, "")
	}
	return nodes, (deepest + 1) * columnWidth, row*rowHeight + 10
}
