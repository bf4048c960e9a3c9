package main

import (
	"runtime/debug"
	"strings"
)

// version names the program as the go command recorded it: the module's
// version, or the commit that it was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown)"
	}
	return versionOf(info)
}

// versionOf reads the version from what the go command recorded.
func versionOf(info *debug.BuildInfo) string {
	set := map[string]string{}
	for _, s := range info.Settings {
		set[s.Key] = s.Value
	}
	all := []string{info.Main.Version}
	if info.Main.Version == "" {
		all[0] = "(devel)"
	}
	if commit := set["vcs.revision"]; commit != "" {
		words := "commit " + commit[:min(12, len(commit))]
		if set["vcs.modified"] == "true" {
			words += " with changes"
		}
		all = append(all, words)
	}
	if t := set["vcs.time"]; t != "" {
		all = append(all, t)
	}
	all = append(all, info.GoVersion)
	return strings.Join(all, ", ")
}

// built is the day of the commit, or empty where it is not known.
func built() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if day, _, found := strings.Cut(s.Value, "T"); s.Key == "vcs.time" && found {
			return day
		}
	}
	return ""
}
