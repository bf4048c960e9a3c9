package templates

import (
	"fmt"
	"time"
)

// progressWords tells count and time left.
func progressWords(done, total int, spent time.Duration) string {
	switch {
	case done >= total:
		return fmt.Sprintf("All %d are checked, in %.1f s.", total, spent.Seconds())
	case done == 0:
		return fmt.Sprintf("0 of %d are checked.", total)
	}
	left := time.Duration(float64(spent) / float64(done) * float64(total-done))
	return fmt.Sprintf("%d of %d are checked, about %s left.", done, total, left.Round(time.Second))
}
