package challenge

import (
	"math/big"
	"strings"
)

// networks are those that an invoice can be for, by the letters that it begins
// with, longer ones first.
var networks = []struct{ prefix, note string }{
	{"lnbcrt", " of a network for tests"}, {"lntbs", " of a network for tests"}, {"lntb", " of a network for tests"}, {"lnbc", ""},
}

// satoshi is how many satoshi are a bitcoin, divided by what a multiplier stands
// for.
var satoshi = map[string]*big.Rat{"": big.NewRat(1e8, 1), "m": big.NewRat(1e8, 1e3), "u": big.NewRat(1e8, 1e6), "n": big.NewRat(1e8, 1e9), "p": big.NewRat(1e8, 1e12)}

// decodeInvoice reads the amount of a Lightning invoice, which stands in plain
// before its last digit 1 (BOLT #11, "Human-Readable Part"; BIP 173). There is
// none where whoever pays may choose.
func decodeInvoice(invoice string) []Fact {
	head := strings.ToLower(invoice[:max(0, strings.LastIndexByte(invoice, '1'))])
	for _, n := range networks {
		amount, ok := strings.CutPrefix(head, n.prefix)
		if !ok {
			continue
		}
		multiplier := strings.TrimLeft(amount, "0123456789")
		number, ok := new(big.Rat).SetString(strings.TrimSuffix(amount, multiplier))
		unit := satoshi[multiplier]
		if !ok || unit == nil || len(amount) > 20 {
			return nil
		}
		text := number.Mul(number, unit).FloatString(3) // payments are in thousandths
		return []Fact{{"amount", strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + " satoshi" + n.note}}
	}
	return nil
}
