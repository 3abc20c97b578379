package platform

import (
	"encoding/xml"
	"testing"
)

var login = Autostart{Program: hard.Program, Args: []string{"--minimised", `a\b`}, Home: "/home/ana/my `data` 100%"}

func TestTheFilesOfASessionAreWrittenAsTheirSystemsReadThem(t *testing.T) {
	for name, c := range map[string]struct{ got, want string }{
		"XDG autostart": {login.entry(), golden(t, "login.desktop")},
		"LaunchAgent":   {login.agent(), golden(t, "login.plist")},
		"Run key":       {Autostart{Program: `C:\Program Files\Cofre\cofre.exe`, Args: []string{"--minimised", `C:\my data\`}}.command(), `"C:\Program Files\Cofre\cofre.exe" --minimised "C:\my data\\"`},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, c.got, c.want)
		}
	}
	var all struct {
		Text string `xml:",innerxml"`
	}
	if err := xml.Unmarshal([]byte(login.agent()), &all); err != nil {
		t.Error(err)
	}
}
