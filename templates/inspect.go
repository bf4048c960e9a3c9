package templates

func (v InspectView) title() string {
	if v.URL == "" {
		return "Inspect a URL"
	}
	return "Inspection of " + shown(v.URL)
}

// chosen reports whether anything but the address was asked for.
func (v InspectView) chosen() bool {
	return v.Method != "" && v.Method != "GET" || v.HTTP != "" || v.IP != "" || v.Agent != "" || v.Fields != "" || v.Origin != "" || v.NoFollow || v.Cookies || v.Discover || v.Probe || v.Checks
}

// again are the form's fields that lead to the same inspection.
func (v InspectView) again() [][2]string {
	flag := func(on bool) string {
		if on {
			return "1"
		}
		return ""
	}
	return [][2]string{{"url", v.URL}, {"method", v.Method}, {"http", v.HTTP}, {"ip", v.IP}, {"agent", v.Agent}, {"fields", v.Fields}, {"nofollow", flag(v.NoFollow)}, {"cookies", flag(v.Cookies)},
		{"probe", flag(v.Probe)}, {"checks", flag(v.Checks)}, {"discover", flag(v.Discover)}, {"origin", v.Origin}, {"script-method", v.ScriptMethod}, {"script-headers", v.ScriptHeaders}, {"script-credentials", flag(v.ScriptCredentials)}}
}
