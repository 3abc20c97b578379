package platform

import "os/exec"

func fileManager(path string, folder bool) *exec.Cmd {
	if folder {
		return exec.Command("/usr/bin/open", path)
	}
	return exec.Command("/usr/bin/open", "-R", path)
}
