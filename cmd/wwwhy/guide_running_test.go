package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

const running = "running-your-own-copy"

// parseYAML reads a document of the guide.
func parseYAML(t *testing.T, title string, into any) {
	t.Helper()
	if err := yaml.Unmarshal([]byte(block(t, running, title)), into); err != nil {
		t.Fatalf("%s: %v", title, err)
	}
}

// composeService is what the guide uses of a service.
type composeService struct {
	Image       string
	Build       string
	Command     []string
	Environment map[string]string
	Ports       []string
	Volumes     []string
	Networks    []string
	DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
	ReadOnly    bool                                  `yaml:"read_only"`
	Restart     string
	Grace       string `yaml:"stop_grace_period"`
	Healthcheck struct{ Test []string }
}

type composeFile struct {
	Services map[string]composeService
	Networks map[string]struct {
		Internal bool
		IPAM     struct{ Config []struct{ Subnet string } }
	}
	Volumes map[string]any
}

// composeOf reads a file and checks what holds for every one: images, names that
// are declared, and settings of wwwhy that its own command line takes.
func composeOf(t *testing.T, title string) composeFile {
	t.Helper()
	var f composeFile
	parseYAML(t, title, &f)
	for name, s := range f.Services {
		if s.Image == "" || s.Restart == "" {
			t.Errorf("%s lacks an image or says not when to restart", name)
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if _, ok := f.Volumes[source]; !ok && !strings.HasPrefix(source, "./") {
				t.Errorf("%s mounts %s, which is no volume", name, source)
			}
		}
		for _, n := range s.Networks {
			if _, ok := f.Networks[n]; !ok {
				t.Errorf("%s is in %s, which is no network", name, n)
			}
		}
		for other := range s.DependsOn {
			if _, ok := f.Services[other]; !ok {
				t.Errorf("%s depends on %s, which is no service", name, other)
			}
		}
		if s.Image == "wwwhy" {
			c := parsed(t, []string{"serve"}, s.Environment)
			if grace, err := time.ParseDuration(s.Grace); err != nil || grace <= c.Linger+c.Drain {
				t.Errorf("%s is stopped after %s, but lingers %s and drains %s", name, s.Grace, c.Linger, c.Drain)
			}
			if !s.ReadOnly || s.Build == "" {
				t.Errorf("%s is not read-only, or is not built", name)
			}
		}
	}
	return f
}

func TestGuideComposeOneCopy(t *testing.T) {
	f := composeOf(t, "compose.yaml")
	s := f.Services["wwwhy"]
	if len(f.Services) != 1 || !slices.Contains(s.Volumes, "reports:"+s.Environment["WWWHY_DATA"]) {
		t.Errorf("--data is %s, the volumes are %q", s.Environment["WWWHY_DATA"], s.Volumes)
	}
	image, err := os.ReadFile("../../Dockerfile")
	if err != nil || !strings.Contains(string(image), "--chown=65532:65532 /out/data "+s.Environment["WWWHY_DATA"]+"\n") {
		t.Errorf("the image has no folder of its user's at %s: %v", s.Environment["WWWHY_DATA"], err)
	}
}

func TestGuideComposeThreeCopies(t *testing.T) {
	f := composeOf(t, "compose.yaml for three copies")
	copies := 0
	for name, s := range f.Services {
		if s.Image != "wwwhy" {
			continue
		}
		copies++
		if len(s.Volumes) > 0 || s.Environment["WWWHY_DATA"] != "" {
			t.Errorf("%s keeps something on disk", name)
		}
		for _, variable := range []string{"WWWHY_DATABASE", "WWWHY_LIMITS"} {
			u, err := url.Parse(strings.ReplaceAll(s.Environment[variable], "${DATABASE_PASSWORD:?set it in .env}", "x"))
			if err != nil {
				t.Fatal(err)
			}
			store, ok := f.Services[u.Hostname()]
			if _, waits := s.DependsOn[u.Hostname()]; !ok || !waits || !slices.ContainsFunc(store.Networks, func(n string) bool { return slices.Contains(s.Networks, n) }) {
				t.Errorf("%s does not reach or await %s", name, u.Hostname())
			}
			if variable == "WWWHY_DATABASE" && u.User.Username() != store.Environment["POSTGRES_USER"] {
				t.Errorf("%s is not the user of the database", u.User.Username())
			}
		}
		if s.Environment["WWWHY_TRUSTED_PROXIES"] != f.Networks["front"].IPAM.Config[0].Subnet || !slices.Contains(s.Networks, "front") {
			t.Errorf("%s does not trust the network of the proxy", name)
		}
		if !strings.Contains(block(t, running, "Caddyfile"), name+":8080") {
			t.Errorf("the Caddyfile does not lead to %s", name)
		}
		if !strings.Contains(block(t, running, "prometheus.yml"), name+":9090") || !strings.Contains(block(t, running, "One after the other"), name) {
			t.Errorf("%s is not scraped, or not upgraded", name)
		}
	}
	if copies != 3 || !f.Networks["back"].Internal {
		t.Errorf("%d copies; the stores' network is internal: %t", copies, f.Networks["back"].Internal)
	}
	for name, condition := range map[string]string{"postgres": "service_healthy", "valkey": "service_started"} {
		s := f.Services[name]
		if got := f.Services["wwwhy1"].DependsOn[name].Condition; got != condition || condition == "service_healthy" && len(s.Healthcheck.Test) == 0 || len(s.Ports) > 0 {
			t.Errorf("%s: condition %s, health check %q, ports %q", name, got, s.Healthcheck.Test, s.Ports)
		}
	}
}

// checked runs a program that judges files, or skips where it is not installed.
func checked(t *testing.T, environment []string, program string, args ...string) string {
	t.Helper()
	found, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	c := exec.CommandContext(t.Context(), found, args...)
	c.Env = append(os.Environ(), environment...)
	out, err := c.CombinedOutput()
	if err != nil {
		t.Errorf("%s %s: %v\n%s", program, strings.Join(args, " "), err, out)
	}
	return string(out)
}

func write(t *testing.T, file, text string) string {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestGuideUnitsParse(t *testing.T) {
	service := block(t, running, "wwwhy.service")
	environment := map[string]string{}
	for line := range strings.Lines(service) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "Environment":
			name, v, _ := strings.Cut(value, "=")
			environment[name] = v
		case "ExecStart":
			args := strings.Fields(value)[1:]
			defer func() {
				c := parsed(t, args, environment)
				if c.Addr != "systemd" || 30*time.Second <= c.Drain+c.Linger {
					t.Errorf("it listens on %s and drains for %s", c.Addr, c.Drain)
				}
			}()
		}
	}
	for _, line := range []string{"Type=notify", "DynamicUser=yes", "StateDirectory=wwwhy", "Environment=WWWHY_DATA=%S/wwwhy", "Requires=wwwhy.socket", "TimeoutStopSec=30"} {
		if !strings.Contains(service, line+"\n") {
			t.Errorf("the unit lacks %s", line)
		}
	}
}

func TestGuideUnitsVerify(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "wwwhy.socket"), block(t, running, "wwwhy.socket"))
	unit := write(t, filepath.Join(dir, "wwwhy.service"), strings.ReplaceAll(block(t, running, "wwwhy.service"), "/usr/local/bin/wwwhy", program))
	if out := checked(t, []string{"SYSTEMD_UNIT_PATH=" + dir + ":"}, "systemd-analyze", "verify", "--man=no", unit); strings.Contains(out, "wwwhy.") {
		t.Error(out)
	}
	// 2.0 of 10: what is left is the network, which an inspector needs.
	checked(t, nil, "systemd-analyze", "security", "--offline=yes", "--threshold=20", unit)
}

func TestGuideNginx(t *testing.T) {
	dir := t.TempDir()
	lines := strings.ReplaceAll(block(t, running, "nginx"), "listen 80;", "listen unix:"+filepath.Join(dir, "s")+";")
	conf := write(t, filepath.Join(dir, "nginx.conf"), fmt.Sprintf("pid %[1]s/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\nclient_body_temp_path %[1]s/b; proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/c;\n%[2]s}\n", dir, lines))
	checked(t, nil, "nginx", "-t", "-e", "stderr", "-p", dir, "-c", conf)
}

func TestGuideCaddy(t *testing.T) {
	dir := t.TempDir()
	file := write(t, filepath.Join(dir, "Caddyfile"), block(t, running, "Caddyfile"))
	checked(t, []string{"HOME=" + dir, "XDG_DATA_HOME=" + dir, "XDG_CONFIG_HOME=" + dir}, "caddy", "validate", "--adapter", "caddyfile", "--config", file)
}

// object is a Kubernetes object, as far as the guide uses it.
type object struct {
	APIVersion string `yaml:"apiVersion"`
	Kind       string
	Metadata   struct{ Name string }
	Spec       struct {
		Selector struct {
			Labels map[string]string `yaml:"matchLabels"`
			App    string
		}
		PodSelector struct {
			Labels map[string]string `yaml:"matchLabels"`
		} `yaml:"podSelector"`
		Template struct {
			Metadata struct{ Labels map[string]string }
			Spec     struct {
				Grace      int `yaml:"terminationGracePeriodSeconds"`
				Containers []container
			}
		}
		Scale struct{ Kind, Name string } `yaml:"scaleTargetRef"`
		Ports []struct {
			TargetPort string `yaml:"targetPort"`
		}
		Egress []struct {
			To []struct {
				Block struct {
					CIDR   string
					Except []string
				} `yaml:"ipBlock"`
			}
		}
	}
}

type container struct {
	Args []string
	Env  []struct {
		Name, Value string
		ValueFrom   map[string]any `yaml:"valueFrom"`
	}
	Ports []struct {
		Name string
		Port int `yaml:"containerPort"`
	}
	Startup, Live, Ready probe
}

type probe struct {
	Get struct{ Path, Port string } `yaml:"httpGet"`
}

// UnmarshalYAML reads the probes by their own names.
func (c *container) UnmarshalYAML(n *yaml.Node) error {
	type plain container
	var probes struct {
		Startup probe `yaml:"startupProbe"`
		Live    probe `yaml:"livenessProbe"`
		Ready   probe `yaml:"readinessProbe"`
	}
	if err := n.Decode((*plain)(c)); err != nil {
		return err
	}
	err := n.Decode(&probes)
	c.Startup, c.Live, c.Ready = probes.Startup, probes.Live, probes.Ready
	return err
}

// objects are the documents of the guide's file by their kinds.
func objects(t *testing.T) map[string]object {
	t.Helper()
	all := map[string]object{}
	d := yaml.NewDecoder(strings.NewReader(block(t, running, "wwwhy.yaml")))
	for {
		var o object
		err := d.Decode(&o)
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		if o.APIVersion == "" || o.Metadata.Name != "wwwhy" {
			t.Errorf("an object of kind %q has no version, or the name %q", o.Kind, o.Metadata.Name)
		}
		all[o.Kind] = o
	}
}

func TestGuideKubernetes(t *testing.T) {
	all := objects(t)
	d := all["Deployment"].Spec
	c := d.Template.Spec.Containers[0]
	environment, names := map[string]string{"WWWHY_ADDR": "0.0.0.0:8080"}, []string{} // of the image
	for _, e := range c.Env {
		if e.ValueFrom == nil {
			environment[e.Name] = e.Value
		} else {
			environment[e.Name] = "postgres://wwwhy@postgres/wwwhy"
		}
	}
	s := parsed(t, c.Args, environment)
	if grace := time.Duration(d.Template.Spec.Grace) * time.Second; grace <= s.Linger+s.Drain || s.Linger == 0 {
		t.Errorf("a pod is killed after %s, but lingers %s and drains %s", grace, s.Linger, s.Drain)
	}
	for _, p := range c.Ports {
		names = append(names, p.Name)
		if address := map[string]string{"http": s.Addr, "admin": s.Admin}[p.Name]; !strings.HasSuffix(address, fmt.Sprintf(":%d", p.Port)) {
			t.Errorf("the port %s is %d, but wwwhy listens on %q", p.Name, p.Port, address)
		}
	}
	if c.Live.Get.Path != "/healthz" || c.Ready.Get.Path != "/readyz" || !slices.Contains(names, c.Live.Get.Port) || !slices.Contains(names, c.Ready.Get.Port) || !slices.Contains(names, c.Startup.Get.Port) {
		t.Errorf("the probes are %+v, %+v and %+v", c.Startup, c.Live, c.Ready)
	}
	app := d.Template.Metadata.Labels["app"]
	if app == "" || d.Selector.Labels["app"] != app || all["Service"].Spec.Selector.App != app || all["PodDisruptionBudget"].Spec.Selector.Labels["app"] != app || all["NetworkPolicy"].Spec.PodSelector.Labels["app"] != app {
		t.Error("not everything selects the same pods")
	}
	if target := all["HorizontalPodAutoscaler"].Spec.Scale; target.Kind != "Deployment" || target.Name != "wwwhy" || all["Service"].Spec.Ports[0].TargetPort != "http" {
		t.Errorf("the autoscaler scales %+v", target)
	}
}

// TestGuideEgress: the policy lets out to public addresses, not to private ones.
func TestGuideEgress(t *testing.T) {
	open := func(a netip.Addr) bool {
		for _, rule := range objects(t)["NetworkPolicy"].Spec.Egress {
			for _, to := range rule.To {
				if to.Block.CIDR == "" {
					continue
				}
				block := netip.MustParsePrefix(to.Block.CIDR)
				if block.Contains(a) && !slices.ContainsFunc(to.Block.Except, func(s string) bool {
					p := netip.MustParsePrefix(s)
					if !block.Overlaps(p) || p.Bits() <= block.Bits() {
						t.Errorf("%s is not within %s", p, block)
					}
					return p.Contains(a)
				}) {
					return true
				}
			}
		}
		return false
	}
	for address, want := range map[string]bool{"93.184.215.14": true, "2606:2800::1": true, "10.1.2.3": false, "172.20.0.1": false, "192.168.1.1": false, "169.254.169.254": false,
		"127.0.0.1": false, "100.64.0.1": false, "::1": false, "fd00::1": false, "fe80::1": false, "2002:a00::1": false, "64:ff9b::a00:1": false} {
		if got := open(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s is let out: %t", address, got)
		}
	}
}

// TestGuideDashboard reads the file and holds what it asks for.
func TestGuideDashboard(t *testing.T) {
	var d struct {
		Title  string
		Panels []struct {
			ID      int
			Title   string
			GridPos struct{ X, Y, W, H int }
			Targets []struct{ Expr string }
		}
	}
	if err := json.NewDecoder(bytes.NewReader([]byte(block(t, running, "dashboard.json")))).Decode(&d); err != nil {
		t.Fatal(err)
	}
	served := figures(t)
	for _, p := range d.Panels {
		if p.Title == "" || p.GridPos.W == 0 || len(p.Targets) == 0 {
			t.Errorf("the panel %d is not whole", p.ID)
		}
		for _, target := range p.Targets {
			holdsExpression(t, served, target.Expr)
		}
	}
	if len(d.Panels) != 6 {
		t.Errorf("%d panels", len(d.Panels))
	}
}

func TestGuideAlerts(t *testing.T) {
	var f struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr         string
				Labels, Annotations map[string]string
			}
		}
	}
	parseYAML(t, "wwwhy-rules.yml", &f)
	served := figures(t)
	for _, r := range f.Groups[0].Rules {
		if r.Alert == "" || r.Labels["severity"] == "" || r.Annotations["summary"] == "" {
			t.Errorf("the alert %q is not whole", r.Alert)
		}
		holdsExpression(t, served, r.Expr)
	}
	if len(f.Groups[0].Rules) != 4 {
		t.Errorf("%d alerts", len(f.Groups[0].Rules))
	}
}

func TestGuidePrometheus(t *testing.T) {
	var f struct {
		Files  []string `yaml:"rule_files"`
		Scrape []struct {
			Job string `yaml:"job_name"`
		} `yaml:"scrape_configs"`
	}
	parseYAML(t, "prometheus.yml", &f)
	if len(f.Files) != 1 || blocks(t, running)[f.Files[0]] == "" || len(f.Scrape) != 1 || !strings.Contains(block(t, running, f.Files[0]), `job="`+f.Scrape[0].Job+`"`) {
		t.Errorf("the rules are %q, the jobs %q", f.Files, f.Scrape)
	}
	dir := t.TempDir()
	for _, name := range append(f.Files, "prometheus.yml") {
		write(t, filepath.Join(dir, name), block(t, running, name))
	}
	checked(t, nil, "promtool", "check", "config", filepath.Join(dir, "prometheus.yml"))
}
